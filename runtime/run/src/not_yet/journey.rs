//! Of triggers, campaigns and the policy.

use persona_diagnostics::Span;
use persona_model::{
    Campaign, Days, EventFilter, Expr, ExprKind, Model, On, Placed, Schedule, Step, Trigger,
};

use super::{Asked, Told};

pub(super) fn tell(told: &mut Told, model: &Model) {
    for trigger in &model.triggers {
        start(told, trigger);
        steps(told, trigger);
        let exits = trigger.exits.iter().flat_map(|exit| &exit.filter);
        exits.for_each(|condition| started(told, condition));
        told.error(Asked::Run, "needs fresh", span(&trigger.needs));
        told.error(Asked::Run, "backfill", span(&trigger.backfill));
    }
    model.campaigns.iter().for_each(|campaign| self::campaign(told, campaign));
    let pauses = model.policy.iter().flat_map(|policy| &policy.pauses);
    told.error(Asked::Run, "pause at", pauses.map(|pause| pause.span));
}

fn span<T>(member: &Option<Placed<T>>) -> Option<Span> {
    member.as_ref().map(|member| member.span)
}

fn start(told: &mut Told, trigger: &Trigger) {
    if let On::Schedule(Schedule { time: None, .. }) = &trigger.on {
        told.error(Asked::Test, "best_hour", [trigger.on_span]);
    }
}

fn steps(told: &mut Told, trigger: &Trigger) {
    for step in trigger.all_steps() {
        match step {
            Step::Call(call) => told.error(Asked::Test, "call", [call.span]),
            Step::Update { span, .. } => told.error(Asked::Run, "update", [*span]),
            Step::If(condition, ..) => started(told, condition),
            Step::Wait(_, Some(EventFilter { filter: Some(condition), .. }))
            | Step::WaitUntil(_, Some(EventFilter { filter: Some(condition), .. })) => {
                started(told, condition);
            }
            Step::Wait(..) | Step::WaitUntil(..) | Step::Send { .. } => {}
        }
    }
}

/// A condition that reads what started the flow.
fn started(told: &mut Told, condition: &Expr) {
    let mut at = Vec::new();
    condition.walk(&mut |part| {
        if let ExprKind::StartField(_) = &part.kind {
            at.push(part.span);
        }
    });
    told.error(Asked::Test, "event", at);
}

fn campaign(told: &mut Told, campaign: &Campaign) {
    if campaign.schedule.time.is_none() || campaign.schedule.days == Days::First {
        told.error(Asked::Test, "best_hour", [campaign.schedule_span]);
    }
    told.error(Asked::Run, "approve by", span(&campaign.approve));
}
