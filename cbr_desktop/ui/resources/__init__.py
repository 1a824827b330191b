"""Resources of the vaults and outside of them."""
