"""The outage alone, at its full size."""

from tests.proof.outage.scenes import main

if __name__ == "__main__":
    main()
