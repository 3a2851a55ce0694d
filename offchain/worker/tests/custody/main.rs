// SPDX-License-Identifier: Apache-2.0
//! A committee of three in one process, on a chain whose every word the test chooses.

mod decisions;
mod deposits;
mod duties;
mod emergencies;
mod faults;
mod network;
mod pages;
mod repair;
mod resharing;
mod sales;
mod simulation;
mod world;
