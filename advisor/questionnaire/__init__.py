"""`advisor ask`: questions as data, the conversation as an object without input or output, and its terminal."""
