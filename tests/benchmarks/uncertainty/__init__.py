"""What calibration and each method of uncertainty bring on unseen pictures."""
