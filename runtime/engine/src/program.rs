//! A trigger's steps as a flat list, so that a flow's place is one number.

use std::sync::Arc;

use jiff::civil::Time;
use persona_model::{EventFilter, Length, On, Step, Trigger};

use crate::hash;
use crate::{Question, Watch};

/// A step of the flat list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Instruction {
    /// Waits; ends the flow if what this watch looks for comes meanwhile.
    Wait(Until, Option<Arc<str>>),
    /// Sends this e-mail.
    Send(Arc<str>),
    /// Goes on if this question is answered by yes, else from that place.
    Branch(Arc<str>, usize),
    /// Goes on from this place.
    Jump(usize),
    /// Gives this attribute the value that this question asks for.
    Update(Arc<str>, Arc<str>),
}

/// When a wait ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Until {
    After(Length),
    TimeOfDay(Time),
}

/// A compiled trigger.
pub(crate) struct Program {
    /// From place 0; a flow ends where there is none.
    pub instructions: Vec<Instruction>,
    /// What its branches ask.
    pub questions: Vec<Question>,
    /// What it watches for: its start, its `unless` and its exits.
    pub watches: Vec<Watch>,
    /// The name of the watch it starts by.
    pub start: Arc<str>,
    /// The names of the watches that end it.
    pub exits: Vec<Arc<str>>,
    /// A hash of all that its flows walk through: `once per` is not among it.
    pub definition: Arc<str>,
}

impl Program {
    pub fn of(trigger: &Trigger) -> Program {
        let name = &trigger.name;
        let mut program = Program {
            instructions: Vec::new(),
            questions: Vec::new(),
            watches: Vec::new(),
            start: format!("start {name}").into(),
            exits: Vec::new(),
            definition: hash::digest(&[&hash::definition(&(&trigger.on, &trigger.steps, &trigger.exits))]),
        };
        if let On::Event { filter, key, .. } = &trigger.on {
            let start = Watch { name: program.start.clone(), filter: filter.clone(), key: key.clone() };
            program.watches.push(start);
        }
        program.steps(name, &trigger.steps);
        for exit in &trigger.exits {
            let watch = program.watch("exit", name, exit);
            program.exits.push(watch);
        }
        program
    }

    /// Whether a flow of it may send this e-mail.
    pub fn sends(&self, email: &str) -> bool {
        self.instructions.iter().any(|step| matches!(step, Instruction::Send(name) if &**name == email))
    }

    fn steps(&mut self, trigger: &str, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Wait(length, unless) => self.wait(trigger, Until::After(*length), unless.as_ref()),
                Step::WaitUntil(time, unless) => self.wait(trigger, Until::TimeOfDay(*time), unless.as_ref()),
                Step::Send { email, .. } => self.instructions.push(Instruction::Send(email.clone())),
                // Not carried out yet: a program that has them is refused before.
                Step::Call(_) => {}
                Step::Update { attribute, value, .. } => {
                    let name: Arc<str> = format!("update {trigger} {}", self.questions.len()).into();
                    self.questions.push(Question { name: name.clone(), condition: value.clone() });
                    self.instructions.push(Instruction::Update(attribute.clone(), name));
                }
                Step::If(condition, then, otherwise) => {
                    let name: Arc<str> = format!("if {trigger} {}", self.questions.len()).into();
                    self.questions.push(Question { name: name.clone(), condition: condition.clone() });
                    let branch = self.instructions.len();
                    self.instructions.push(Instruction::Branch(name.clone(), 0));
                    self.steps(trigger, then);
                    let jump = self.instructions.len();
                    self.instructions.push(Instruction::Jump(0));
                    self.steps(trigger, otherwise);
                    self.instructions[branch] = Instruction::Branch(name, jump + 1);
                    self.instructions[jump] = Instruction::Jump(self.instructions.len());
                }
            }
        }
    }

    fn wait(&mut self, trigger: &str, until: Until, unless: Option<&EventFilter>) {
        let unless = unless.map(|filter| self.watch("unless", trigger, filter));
        self.instructions.push(Instruction::Wait(until, unless));
    }

    /// A watch of a name of its own.
    fn watch(&mut self, what: &str, trigger: &str, filter: &EventFilter) -> Arc<str> {
        let name: Arc<str> = format!("{what} {trigger} {}", self.watches.len()).into();
        self.watches.push(Watch { name: name.clone(), filter: filter.clone(), key: None });
        name
    }

    /// The event a watch of this program looks for.
    pub fn event(&self, watch: &str) -> Arc<str> {
        let found = self.watches.iter().find(|w| *w.name == *watch);
        found.map_or_else(|| watch.into(), |w| w.filter.event.clone())
    }
}
