//! Text to tokens to a lossless tree; parsing never fails.
