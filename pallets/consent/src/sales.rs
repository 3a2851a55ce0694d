// SPDX-License-Identifier: Apache-2.0
//! Sale authorisations. No consent implies one, and none is redeemed as a consent.

use crate::*;

/// Whether health data may be sold for this. Machine learning lies beside research in the codes.
pub(crate) fn is_for_sale(purpose: PurposeOfUse) -> bool {
	purpose.is_within(PurposeOfUse::Research) || purpose == PurposeOfUse::MachineLearning
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_authorise_sale(
		acting: &Acting<T::AccountId>,
		salt: &[u8; 32],
		buyer: &T::AccountId,
		record: RecordId,
		purpose: PurposeOfUse,
		until: Moment,
	) -> Result<SaleId, DispatchError> {
		let Acting { subject: seller, actor } = acting;
		ensure!(T::Participants::role(seller).is_some(), Error::<T>::NotRegistered);
		ensure!(buyer != seller, Error::<T>::SelfGrant);
		ensure!(T::Participants::role(buyer).is_some(), Error::<T>::BuyerNotRegistered);
		let owner = T::Records::owner(&record);
		ensure!(owner.as_ref() == Some(seller), Error::<T>::RecordMismatch);
		ensure!(T::Records::is_live(&record), Error::<T>::RecordRetired);
		ensure!(is_for_sale(purpose), Error::<T>::InvalidPurpose);
		let now = Self::now();
		Self::ensure_window(&Window { from: now, until }, T::MaxSaleDuration::get())?;
		let id = SaleId::derive(seller, salt);
		ensure!(!Sales::<T>::contains_key(id), Error::<T>::AlreadyExists);

		let sale = Sale {
			seller: seller.clone(),
			buyer: buyer.clone(),
			record,
			purpose,
			until,
			revoked: false,
			deposit: Self::deposit_of(actor, Self::sale_footprint())?,
		};
		Sales::<T>::insert(id, sale);
		Ok(id)
	}

	pub(crate) fn do_revoke_sale(seller: &T::AccountId, id: SaleId) -> Result<(), Error<T>> {
		let mut sale = Sales::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(sale.seller == *seller, Error::<T>::NotAuthorized);
		ensure!(!sale.revoked, Error::<T>::AlreadyRevoked);

		sale.revoked = true;
		Sales::<T>::insert(id, sale);
		Ok(())
	}

	pub(crate) fn do_prune_sale(id: SaleId) -> DispatchResult {
		let sale = Sales::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		let kept_until = sale.until.saturating_add(T::Retention::get());
		ensure!(Self::now() >= kept_until, Error::<T>::NotYetPrunable);

		Sales::<T>::remove(id);
		Self::give_deposit_back(sale.deposit)
	}
}

impl<T: Config> SaleBook<T::AccountId> for Pallet<T> {
	fn sale(sale: &SaleId) -> Option<SaleFacts<T::AccountId>> {
		Sales::<T>::get(sale).map(|sale| SaleFacts {
			seller: sale.seller,
			buyer: sale.buyer,
			record: sale.record,
			until: sale.until,
			revoked: sale.revoked,
		})
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn authorise_for_benchmark(
		seller: &T::AccountId,
		buyer: &T::AccountId,
		record: &RecordId,
		until: Moment,
	) -> SaleId {
		benchmarking::authorise::<T>(seller, buyer, record, until)
	}
}
