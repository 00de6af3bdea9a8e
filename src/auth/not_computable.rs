//! Plugins whose proof no password recomputes, and why.

use crate::mysql::Plugin;

/// Beginnings of plugin names, and what their proof is made of instead.
const REASONS: [(&str, &str); 11] = [
    (
        "auth_gssapi_client",
        "GSSAPI: the proof is a Kerberos ticket",
    ),
    (
        "authentication_kerberos",
        "Kerberos: the proof is a ticket of the realm",
    ),
    (
        "authentication_windows",
        "Windows authentication: the proof is made by SSPI",
    ),
    (
        "authentication_webauthn",
        "WebAuthn: the proof is made by a security key",
    ),
    (
        "authentication_fido",
        "FIDO: the proof is made by a security key",
    ),
    (
        "authentication_openid_connect",
        "OpenID Connect: the proof is a token of the identity provider",
    ),
    (
        "authentication_oci",
        "OCI: the proof is signed with an API key",
    ),
    (
        "authentication_ldap_sasl",
        "the LDAP mechanism is none that this program recomputes",
    ),
    ("unix_socket", "the operating system vouches for the user"),
    ("auth_socket", "the operating system vouches for the user"),
    (
        "auth_named_pipe",
        "the operating system vouches for the user",
    ),
];

/// Why the plugin's proof cannot be recomputed from a password; `None` if it can.
#[must_use]
pub(crate) fn reason(plugin: &Plugin) -> Option<String> {
    let Plugin::Other(name) = plugin else {
        return None;
    };
    let known = REASONS
        .iter()
        .find(|(prefix, _)| name.starts_with(prefix.as_bytes()));
    let reason = known.map_or("the plugin is not known to this program", |(_, why)| why);
    Some(reason.to_owned())
}
