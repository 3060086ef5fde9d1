//! Flows and policy: pure over a clock, a store and a mailer handed in.
