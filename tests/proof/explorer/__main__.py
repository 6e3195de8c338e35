"""The explorer alone, at its full size."""

from tests.proof.explorer.campaign import main

if __name__ == "__main__":
    main()
