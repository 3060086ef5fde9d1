//! What is due at an instant, and what is withheld.
//!
//! The engine is pure: no clock, file or socket. The [`World`] as the warehouse knows it and the [`State`] that earlier
//! runs left are handed in; [`decide`] hands out [`Decisions`]. The same world and state give the same decisions, in
//! the same order.
//!
//! # A run
//!
//! `persona run --at T` drives it in batches: each run decides for `(from, now]`, where `from` is the instant of the
//! run before. What fell due between two runs happens at the run's instant.
//!
//! **Starts.** A flow starts by an event that arrived in `(from, now]`, at most one day after it happened; by a customer
//! who is in an audience at `now` and was not at `from`, or the other way round (an audience whose definition is new
//! or has changed starts nothing); by a consent given in `(from, now]` that still stands; by a time of day or a date of the
//! customer's own that came in `(from, now]`; by a value that is higher at `now` than it was at `from`. A trigger's starts
//! of a run come before its steps.
//!
//! **Re-entry.** There is one live flow for a trigger and customer, with `by` for each key. Until it has sent something, a
//! newer event starts it over; from then on events are ignored. `once per D` counts flows that sent something, from their
//! first send: at t none may lie in `(t − D, t]`, neither when a flow starts nor when it is about to send first.
//!
//! **Steps.** They are compiled to a flat list, so that a flow's place is one number. `wait D` ends at the first run at or
//! after its start + D. The first wait starts when the event happened, later ones at the actual end of the step before. An
//! `unless` event in (start of the wait, now] ends the flow: a run that comes late looks up to now, so that no reminder
//! follows an order. An `exit on` event in (start of the flow, now] ends it too. `wait until` takes the customer's
//! clock: a time that occurs twice is the first, one that is skipped moves forward by the gap.
//!
//! **Changes.** A flow remembers what its trigger said. When that changes, the flow ends, and says so.
//!
//! **Campaigns.** The latest due instant of the customer's own clock in `(from, now]`, shifted by the customer's share
//! of `spread`; whoever is in the audience at `now`; one send for a campaign, customer and local day.
//!
//! **Sends.** A message is withheld with the first reason that holds (see [`Withheld`]), and its flow goes on. Of messages
//! due in one run those of the higher priority go first, then by the name of what sends them. Quiet hours and the
//! warm-up hold a message instead; when they end, all since the last wait is decided again, but for steps that are
//! done. What may not go while it is of use is withheld. Each
//! send has an id made from what it is, never from when it was decided: a repeat after a crash is the same message.
//!
//! **The trail.** Every decision is noted with the values it was made on (see [`Note`]).

mod ask;
mod campaign;
mod decide;
mod flow;
mod footer;
mod hash;
mod history;
mod level;
mod next;
mod policy;
mod program;
mod render;
mod schedule;
mod send;
mod start;
mod state;
mod trail;
mod way_out;
mod world;
mod zone;

pub use ask::{Question, Watch, audiences, definition, questions, sender, starts, watches};
pub use decide::{Decisions, Mail, Update, decide};
pub use next::next;
pub use policy::sends_needed_since;
pub use render::{Body, Rendered, render, render_noting};
pub use send::{Origin, Send, Withheld, address_of, unreachable};
pub use state::{Ended, Flow, FlowKey, Held, Level, Levels, Sent, State, Why};
pub use trail::{Note, Refusal, Saw, What};
pub use way_out::{Seal, unsubscribe_url};
pub use world::{Facts, Grant, Members, Occurrence, World};
