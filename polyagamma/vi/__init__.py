"""Normal approximations of posteriors, and the kernel that maximises a bound of the evidence."""
