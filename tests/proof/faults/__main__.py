"""The faults alone, at their full size."""

from tests.proof.faults.campaign import main

if __name__ == "__main__":
    main()
