//! Kinds of tokens and nodes.

macro_rules! kinds {
    (tokens { $($token:ident),* $(,)? } nodes { $($node:ident),* $(,)? }) => {
        /// What a token or a node of the tree is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        #[allow(missing_docs)] // their names are the grammar's
        pub enum Kind { $($token,)* $($node,)* }

        const ALL: &[Kind] = &[$(Kind::$token,)* $(Kind::$node,)*];
    };
}

kinds! {
    tokens {
        // Trivia
        Whitespace, Comment, DocComment,
        // Words and literals
        Name, Number, Date, Time, Timestamp, String, Text, UnclosedString, UnclosedText,
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
        Customer, Record, Event, Entity, Source, Trait, Segment, Lifecycle, Consent, Brand, Layout, Content, Email,
        Trigger, Campaign, Later,
        // Members
        Field, TypeRef, EnumType, Modifier, EventUnion,
        Location, GroupBy, Feeds, FeedTarget, Mapping, ListMapping, Fresh,
        When, Refresh, Stage, Otherwise,
        OptIn, Covers, Expires,
        Property, Case, Body, ConsentRef, Transactional, LayoutRef,
        On, Wait, Unless, Send, If, Else, ExitOn, OncePer, To, At, Every, Spread,
        LaterMember,
        // Expressions
        NameRef, Member, Call, Args, Query, Where, Window, Sequence, Net,
        Literal, Quantity, Ago, ListLiteral, Paren, Unary, Binary, InList, InSegment, IsTest, WindowTest, IfExpr,
        // Shared
        Named, Label,
    }
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
    /// Spaces and comments: between any two tokens.
    pub fn is_trivia(self) -> bool {
        matches!(self, Kind::Whitespace | Kind::Comment | Kind::DocComment)
    }
}
