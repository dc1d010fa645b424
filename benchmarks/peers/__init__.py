"""What gcomp is measured beside, a file each."""
