"""What providers were seen to ask and to answer: recorded shapes, with invented values."""
