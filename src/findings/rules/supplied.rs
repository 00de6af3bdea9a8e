//! Findings that rest on facts which other parts of the program establish: what an RSA block held,
//! what an IAM token says, how TLS ended. Where a fact is not supplied, nothing is said.

use crate::capture::PacketRef;
use crate::findings::catalogue::Code;
use crate::findings::finding::Finding;
use crate::findings::prose::Prose;
use crate::findings::rules::subject::Subject;
use crate::findings::wording;
use crate::mysql::{Side, StepKind};
use crate::tls::shape::Inferred;

/// Facts beside the login and the verdict.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// How the password was masked with the salt before RSA, where `--server-key` opened the block.
    pub rsa: Option<RsaXor>,
    /// What is wrong with the form in which the password was sent whole, and where.
    pub full: Option<(FullFault, PacketRef)>,
    /// What makes the AWS IAM token of this login invalid.
    pub token: &'a [TokenFault],
    /// How the TLS handshake failed.
    pub tls_end: Option<TlsEnd>,
    /// What the sizes of the TLS records show.
    pub tls_shape: Option<&'a Inferred>,
}

/// The keystream that a decrypted RSA block showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RsaXor {
    /// After how many bytes the keystream repeats: 20 is right, 21 took the terminator along.
    pub period: usize,
    /// The packet with the block.
    pub at: PacketRef,
}

/// A form of the whole password that servers refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FullFault {
    /// The client asked for the server's RSA key inside TLS.
    KeyRequestInsideTls,
    /// It sent an RSA block inside TLS.
    RsaInsideTls,
    /// It sent the password readable over a connection without TLS.
    ReadableWithoutTls,
    /// It left out the NUL that ends the password.
    NoNul,
    /// It used OAEP with SHA-256.
    OaepSha256,
    /// It sent nothing, or a NUL.
    Nothing,
    /// It was overwritten, as `unscramble extract` does: what it was is not known.
    Overwritten,
    /// It sent something else than the password whose hash it had sent before.
    SomethingElse,
}

/// Why an AWS IAM token cannot be valid for its login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenFault {
    /// It had expired this many seconds before it was sent.
    Expired(u64),
    /// It is dated this many seconds after it was sent.
    NotYetValid(u64),
    /// It is made out for another host or port.
    OtherHost,
    /// It is made out for another user.
    OtherUser,
    /// Its signature is cut.
    Cut,
}

/// How a TLS handshake ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TlsEnd {
    /// Who ended it.
    pub by: Side,
    /// The alert's name, such as `unknown_ca`.
    pub alert: &'static str,
    /// The packet with the alert.
    pub at: PacketRef,
}

/// `rsa-salt-trailing-nul`
pub(super) fn rsa_trailing_nul(subject: &Subject<'_>) -> Option<Finding> {
    let xor = subject.facts.rsa.filter(|xor| xor.period == 21)?;
    let code = Code::RsaSaltTrailingNul;
    let summary = subject.the_client().say(format!(
        " XORed the password with 21 bytes of salt before it encrypted it{}: the decrypted block shows the salt's \
terminating NUL in the keystream.",
        wording::packet(xor.at)
    ));
    let salt = subject.round().and_then(|round| round.salt.as_ref());
    let packets = wording::packets([salt.map(|salt| salt.at), Some(xor.at)]);
    let fix = subject.advice(code, code.page().fix);
    Some(subject.finding(code, code.severity(), packets, summary, fix))
}

/// `full-auth-wrong-form`
pub(super) fn full_auth_form(subject: &Subject<'_>) -> Option<Finding> {
    let (fault, at) = subject.facts.full?;
    // Another password has another hash: only beside a right one does the difference say something.
    let same_all_through = fault != FullFault::SomethingElse || subject.right().is_some();
    if !same_all_through || subject.misses_any() || subject.contradicts_itself() {
        return None;
    }
    let code = Code::FullAuthWrongForm;
    let what = match fault {
        FullFault::KeyRequestInsideTls => {
            " asked for the server's RSA key inside TLS, where the password itself is due"
        }
        FullFault::RsaInsideTls => {
            " sent an RSA block inside TLS, where the password itself is due"
        }
        FullFault::ReadableWithoutTls => {
            " sent the password readable over a connection without TLS, where an RSA block is due"
        }
        FullFault::NoNul => " sent the password without the NUL that ends it",
        FullFault::OaepSha256 => {
            " encrypted the password by OAEP with SHA-256, where the server takes SHA-1 only"
        }
        FullFault::Overwritten => return None,
        FullFault::Nothing => " sent nothing when the server asked for the password itself",
        FullFault::SomethingElse => {
            " sent something else than the password when the server asked for that, though its response before was right"
        }
    };
    let summary = subject
        .the_client()
        .say(format!("{what}{}.", wording::packet(at)))
        .then(subject.ending());
    let packets = wording::packets([Some(at), subject.at(StepKind::Result)]);
    let fix = subject.advice(code, code.page().fix);
    Some(subject.finding(code, code.severity(), packets, summary, fix))
}

/// `iam-token`
pub(super) fn iam_token(subject: &Subject<'_>) -> Option<Finding> {
    if subject.facts.token.is_empty() {
        return None;
    }
    let code = Code::IamToken;
    let faults: Vec<String> = subject.facts.token.iter().map(token_fault).collect();
    let turn = subject.proof()?;
    let summary = Prose::new(format!(
        "The client sent an AWS IAM token{} that {}.",
        wording::packet(turn.at),
        faults.join("; and that ")
    ));
    let fix = Prose::new(code.page().fix);
    Some(subject.finding(code, code.severity(), subject.proof_packets(), summary, fix))
}

fn token_fault(fault: &TokenFault) -> String {
    match fault {
        TokenFault::Expired(seconds) => format!("had expired {seconds} seconds before it was sent"),
        TokenFault::NotYetValid(seconds) => format!("is dated {seconds} seconds after it was sent"),
        TokenFault::OtherHost => {
            "is made out for another host or port than the connection's".into()
        }
        TokenFault::OtherUser => "is made out for another user than the login's".into(),
        TokenFault::Cut => "was cut: its signature has fewer than 64 characters".into(),
    }
}

/// `tls-shape`
pub(super) fn tls_shape(subject: &Subject<'_>) -> Option<Finding> {
    let code = Code::TlsShape;
    let shape = subject.facts.tls_shape?;
    let summary = Prose::new(shape.sentence.clone());
    let packets = wording::packets(shape.steps.iter().map(|step| Some(step.at)));
    Some(subject.finding(
        code,
        code.severity(),
        packets,
        summary,
        Prose::new(code.page().fix),
    ))
}
