//! Kinds of tokens and nodes.

macro_rules! kinds {
    (tokens { $($token:ident),* $(,)? } nodes { $($node:ident),* $(,)? }) => {
        /// What a token or a node of the tree is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        #[allow(missing_docs)] // their names are the grammar's
        pub enum Kind { $($token,)* $($node,)* }

        const ALL: &[Kind] = &[$(Kind::$token,)* $(Kind::$node,)*];
        const NODES: &[(Kind, &str)] = &[$((Kind::$node, stringify!($node)),)*];
    };
}

kinds! {
    tokens {
        // Trivia
        Whitespace, Comment, DocComment,
        // Words and literals
        Name, Number, Date, Time, Timestamp, Path, String, Text, UnclosedString, UnclosedText,
        // Punctuation
        LBrace, RBrace, LParen, RParen, LBracket, RBracket,
        Colon, Comma, Dot, Question, Coalesce, Assign,
        Equal, NotEqual, Less, AtMost, Greater, AtLeast,
        Plus, Minus, Star, Slash, Percent,
        // What is no token of the language
        Bad,
        // The end of the file; never in a tree
        End,
    }
    nodes {
        File, Error,
        // Declarations
        Customer, Record, Event, Entity, Retain, Source, Destination, Identity,
        Trait, Segment, Lifecycle, Consent, Brand, Layout, Content, Email,
        Coupon, Model, Recommend, Experiment, Trigger, Campaign, Policy, Test,
        // Members
        Field, TypeRef, EnumType, Modifier, EventUnion,
        Location, GroupBy, Signed, Poll, Auth, Credential, Each, Pages, Feeds, FeedTarget, Mapping, ListMapping, MustExist,
        Fresh, Endpoint, Occasions, Occasion, Sends, Ids, MatchOn, Propose, Similar, Keep,
        When, Refresh, Stage, Otherwise,
        OptIn, Covers, Expires,
        Property, Parameters, Parameter, Case, Body, ConsentRef, Transactional, LayoutRef,
        OfferRef, Locales, Locale, Strings, Tracked, Utm, UtmTag, Codes, Valid, OneEach,
        Predict, HourOf, Among, Features, Using, History, Validate, Folds, HeldOut, Require, Requirement, Retrain,
        Pilot, Fallback, Signals, Signal, Top, MostPer, Bestsellers,
        Tested, Holdout, Variant, ModelRef, Goal, Detect,
        On, OnDate, ValueChange, Late, ByKey, ExitOn, OncePer, Needs, ValidFor, Priority, Backfill,
        Wait, Unless, Send, CallStep, Argument, Update, If, Else,
        To, At, Every, Spread, Approve,
        Quiet, Cap, Except, OneOf, WarmUp, Pause,
        TestCustomer, TestRow, TestVariant, Happening, TestValue, TestItems, TestItem, Expect,
        // Expressions
        NameRef, Member, Call, Args, Query, Where, Window, Sequence, Net,
        Literal, Quantity, Ago, ListLiteral, Paren, Unary, Binary, InList, InSegment, IsTest, WindowTest, IfExpr,
        // Shared
        Named, Label,
    }
}

/// Every kind of token, but for the end of the file, which is in no tree.
pub fn tokens() -> impl Iterator<Item = Kind> {
    ALL.iter().copied().take_while(|kind| *kind != Kind::End)
}

/// Every kind of node with the name of its rule in `grammar/persona.pest`: `TypeRef` is `type_ref`, and where that is
/// a word of Rust, `Trait` is `trait_`.
pub fn rules() -> impl Iterator<Item = (Kind, String)> {
    NODES.iter().filter(|(kind, _)| !matches!(kind, Kind::Error)).map(|(kind, name)| {
        let mut rule = String::new();
        for c in name.chars() {
            if c.is_uppercase() && !rule.is_empty() {
                rule.push('_');
            }
            rule.push(c.to_ascii_lowercase());
        }
        if matches!(rule.as_str(), "trait" | "where" | "if" | "else") {
            rule.push('_');
        }
        (*kind, rule)
    })
}

/// The language, for rowan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Persona {}

impl rowan::Language for Persona {
    type Kind = Kind;
    fn kind_from_raw(raw: rowan::SyntaxKind) -> Kind {
        ALL.get(raw.0 as usize).copied().unwrap_or(Kind::Error)
    }
    fn kind_to_raw(kind: Kind) -> rowan::SyntaxKind {
        rowan::SyntaxKind(kind as u16)
    }
}

/// A node of the tree.
pub type SyntaxNode = rowan::SyntaxNode<Persona>;
/// A token of the tree.
pub type SyntaxToken = rowan::SyntaxToken<Persona>;

impl Kind {
    /// A string or a text, closed or not.
    pub(crate) fn is_string(self) -> bool {
        matches!(self, Kind::String | Kind::Text | Kind::UnclosedString | Kind::UnclosedText)
    }

    /// Whether it helps to see how the node is written: names and operators are better told in words.
    pub(crate) fn is_form(self) -> bool {
        use Kind::*;
        !matches!(
            self,
            File | Error
                | Named
                | NameRef
                | Label
                | Literal
                | Paren
                | Unary
                | Binary
                | Member
                | Args
                | Query
                | Quantity
                | Property
        ) && NODES.iter().any(|(kind, _)| *kind == self)
    }

    /// The name of the node's rule.
    pub(crate) fn rule(self) -> Option<String> {
        rules().find(|(kind, _)| *kind == self).map(|(_, rule)| rule)
    }

    /// Spaces and comments: between any two tokens.
    pub fn is_trivia(self) -> bool {
        matches!(self, Kind::Whitespace | Kind::Comment | Kind::DocComment)
    }
}
