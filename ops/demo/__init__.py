"""The demo book: made-up clients in many scripts, namesakes among them, and the people who look after them."""
