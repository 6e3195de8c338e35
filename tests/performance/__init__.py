"""What the service costs in time, requests and money: `make bench` prints it beside its budgets."""
