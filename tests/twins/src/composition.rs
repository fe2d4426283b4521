//! What ran when, from what the clients saw: the work behind each token.

use crate::recording::Client;

/// A token after the first of its request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Token {
    /// When it came, Unix seconds.
    pub time: f64,
    /// Requests that were between their first and their last token.
    pub running: f64,
    /// Tokens in their caches.
    pub context: f64,
}

/// A first token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct First {
    /// When it came, Unix seconds.
    pub time: f64,
    /// Prompt tokens.
    pub prompt: f64,
    /// Prompt tokens of requests that were sent with it, its own included.
    pub together: f64,
    /// Requests that were decoding.
    pub running: f64,
}

/// The tokens of one replica, by time.
#[derive(Debug, Clone, Default)]
pub struct Composition {
    /// After the first.
    pub tokens: Vec<Token>,
    /// First ones.
    pub firsts: Vec<First>,
}

/// Requests that are sent within so many seconds are computed together.
const TOGETHER_SECONDS: f64 = 0.02;

enum Change {
    Begin(f64),
    Token,
    End(f64),
}

impl Composition {
    /// What ran on a replica.
    pub fn of(clients: &[Client], replica: usize) -> Self {
        let own: Vec<&Client> =
            clients.iter().filter(|one| one.replica == replica && one.ttft.is_some()).collect();
        let mut changes: Vec<(f64, Change)> = Vec::new();
        let mut firsts = Vec::new();
        for (place, client) in own.iter().enumerate() {
            let mut time = client.start + client.ttft.unwrap_or_default();
            let around = &own[place.saturating_sub(40)..(place + 40).min(own.len())];
            let near =
                around.iter().filter(|other| (other.start - client.start).abs() < TOGETHER_SECONDS);
            let together = near.map(|other| f64::from(other.prompt)).sum();
            let prompt = f64::from(client.prompt);
            firsts.push(First { time, prompt, together, running: 0.0 });
            changes.push((time, Change::Begin(prompt)));
            for gap in &client.gaps {
                time += gap;
                changes.push((time, Change::Token));
            }
            changes.push((time, Change::End(prompt + client.gaps.len() as f64)));
        }
        changes.sort_by(|one, other| one.0.total_cmp(&other.0));
        firsts.sort_by(|one, other| one.time.total_cmp(&other.time));
        let (mut running, mut context) = (0.0, 0.0);
        let (mut tokens, mut begun) = (Vec::new(), 0);
        for (time, change) in changes {
            match change {
                Change::Begin(prompt) => {
                    if let Some(first) = firsts.get_mut(begun) {
                        first.running = running;
                    }
                    begun += 1;
                    running += 1.0;
                    context += prompt;
                }
                Change::Token => {
                    tokens.push(Token { time, running, context });
                    context += 1.0;
                }
                Change::End(held) => {
                    running -= 1.0;
                    context -= held;
                }
            }
        }
        Self { tokens, firsts }
    }

    /// Tokens within (from, to].
    pub fn between(&self, from: f64, to: f64) -> &[Token] {
        let begin = self.tokens.partition_point(|token| token.time <= from);
        let end = self.tokens.partition_point(|token| token.time <= to);
        &self.tokens[begin..end.max(begin)]
    }

    /// First tokens within (from, to].
    pub fn firsts_between(&self, from: f64, to: f64) -> &[First] {
        let begin = self.firsts.partition_point(|first| first.time <= from);
        let end = self.firsts.partition_point(|first| first.time <= to);
        &self.firsts[begin..end.max(begin)]
    }
}
