//! What every sender's own sample is taken for, and what hostile captures are.
