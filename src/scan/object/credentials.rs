//! Where credentials for object stores come from: the places where the clouds' own tools look.
//!
//! AWS: the environment, web identity, the files `~/.aws/credentials` and `~/.aws/config` (keys of a profile),
//! the roles of containers and machines. Google: `GOOGLE_APPLICATION_CREDENTIALS`, what `gcloud` has left, the
//! metadata server. Azure: the environment, workload identity, with `AZURE_USE_AZURE_CLI=true` what `az` has.
//! All but the profile is looked for by the crate `object_store`.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::http::HttpBuilder;
use object_store::{ClientOptions, ObjectStore, RetryConfig};

/// How long a server may be silent.
const SILENCE: Duration = Duration::from_mins(1);

/// The store of a bucket, a container, or a web server.
pub(super) fn store(scheme: &str, bucket: &str) -> io::Result<Arc<dyn ObjectStore>> {
    // A large object takes as long as it takes.
    let client = ClientOptions::new()
        .with_timeout_disabled()
        .with_read_timeout(SILENCE)
        .with_user_agent(agent());
    let store: object_store::Result<Arc<dyn ObjectStore>> = match scheme {
        "s3" => s3(bucket, client).build().map(|s| Arc::new(s) as _),
        "gs" => GoogleCloudStorageBuilder::from_env()
            .with_bucket_name(bucket)
            .with_client_options(client)
            .with_retry(retry())
            .build()
            .map(|s| Arc::new(s) as _),
        "az" => MicrosoftAzureBuilder::from_env()
            .with_container_name(bucket)
            .with_client_options(client)
            .with_retry(retry())
            .build()
            .map(|s| Arc::new(s) as _),
        _ => HttpBuilder::new()
            .with_url(format!("{scheme}://{bucket}"))
            .with_client_options(client.with_allow_http(scheme == "http"))
            .with_retry(retry())
            .build()
            .map(|s| Arc::new(s) as _),
    };
    store.map_err(|error| {
        let why = super::told(&error);
        io::Error::new(why.kind(), format!("no way to {scheme}://{bucket}: {why}"))
    })
}

fn agent() -> object_store::HeaderValue {
    object_store::HeaderValue::from_static(concat!("unscramble/", env!("CARGO_PKG_VERSION")))
}

/// Throttled and failing servers are asked again for a minute.
fn retry() -> RetryConfig {
    RetryConfig {
        max_retries: 8,
        retry_timeout: Duration::from_mins(1),
        ..RetryConfig::default()
    }
}

fn s3(bucket: &str, client: ClientOptions) -> AmazonS3Builder {
    let variable = |name: &str| std::env::var(name).ok();
    let endpoint = variable("AWS_ENDPOINT_URL_S3").or_else(|| variable("AWS_ENDPOINT_URL"));
    let plain = endpoint
        .as_ref()
        .is_some_and(|url| url.starts_with("http://"));
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .with_client_options(client.with_allow_http(plain))
        .with_retry(retry());
    if let Some(endpoint) = endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    let profile = Profile::find();
    let region = variable("AWS_REGION")
        .or_else(|| variable("AWS_DEFAULT_REGION"))
        .or(profile.region);
    if let Some(region) = region {
        builder = builder.with_region(region);
    }
    // The environment comes first, as it does for the AWS tools.
    if variable("AWS_ACCESS_KEY_ID").is_none()
        && variable("AWS_WEB_IDENTITY_TOKEN_FILE").is_none()
        && let Some((id, secret)) = profile.keys
    {
        builder = builder
            .with_access_key_id(id)
            .with_secret_access_key(secret);
        if let Some(token) = profile.token {
            builder = builder.with_token(token);
        }
    }
    builder
}

/// What stands of a profile in the files of the AWS tools. No `Debug`: it holds keys.
#[derive(Default)]
struct Profile {
    keys: Option<(String, String)>,
    token: Option<String>,
    region: Option<String>,
}

impl Profile {
    fn find() -> Self {
        let name = std::env::var("AWS_PROFILE").unwrap_or_else(|_| "default".into());
        let file = |variable: &str, name: &str| {
            let typed = std::env::var_os(variable).map(PathBuf::from);
            let usual = || Some(std::env::home_dir()?.join(".aws").join(name));
            let path = typed.or_else(usual)?;
            std::fs::read_to_string(path).ok()
        };
        let credentials = file("AWS_SHARED_CREDENTIALS_FILE", "credentials");
        let config = file("AWS_CONFIG_FILE", "config");
        Self::of(
            &name,
            &credentials.unwrap_or_default(),
            &config.unwrap_or_default(),
        )
    }

    fn of(name: &str, credentials: &str, config: &str) -> Self {
        let mut values = section(config, &[name, &format!("profile {name}")]);
        values.extend(section(credentials, &[name]));
        let mut take = |key: &str| values.remove(key);
        Self {
            keys: take("aws_access_key_id").zip(take("aws_secret_access_key")),
            token: take("aws_session_token"),
            region: take("region"),
        }
    }
}

/// The values of a section of an INI file.
fn section(text: &str, names: &[&str]) -> HashMap<String, String> {
    let mut inside = false;
    let mut values = HashMap::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            inside = names.contains(&name.trim());
        } else if inside
            && !line.starts_with(['#', ';'])
            && let Some((key, value)) = line.split_once('=')
        {
            values.insert(key.trim().to_lowercase(), value.trim().to_owned());
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_read_as_the_aws_tools_read_it() {
        let credentials = "[default]\naws_access_key_id = A\naws_secret_access_key=S=\n[other]\naws_access_key_id=B\naws_secret_access_key=T\naws_session_token = K\n";
        let config = "# x\n[default]\nregion = eu-central-1\n[profile other]\nregion=us-west-2\n";
        let default = Profile::of("default", credentials, config);
        assert_eq!(default.keys, Some(("A".into(), "S=".into())));
        assert_eq!(
            (default.token, default.region.as_deref()),
            (None, Some("eu-central-1"))
        );
        let other = Profile::of("other", credentials, config);
        assert_eq!(other.token.as_deref(), Some("K"));
        assert_eq!(other.region.as_deref(), Some("us-west-2"));
        assert!(Profile::of("none", credentials, config).keys.is_none());
    }
}
