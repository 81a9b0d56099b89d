"""What a plan is: pure, validated data. No simulation, no drawing."""
