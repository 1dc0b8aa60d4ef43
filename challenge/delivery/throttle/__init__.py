"""The limits of the speed of mail, and the suspension of a domain that refuses mail."""
