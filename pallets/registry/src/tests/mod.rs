// SPDX-License-Identifier: Apache-2.0
//! What the pallet promises, one file per call.

mod appoint_registrar;
mod dismiss_registrar;
mod genesis;
mod guardian;
mod integrity;
mod leave;
mod register;
mod rotate_key;
mod sponsorship;
mod standing;
mod verify;
mod withdraw;
