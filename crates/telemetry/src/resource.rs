//! Who speaks: the resource of all spans.

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::{EnvResourceDetector, TelemetryResourceDetector};

use crate::Settings;
use crate::environment::Environment;
use crate::names::{SCHEMA_URL, resource};

/// `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` come before what the settings say.
pub(crate) fn describe(settings: &Settings, environment: &Environment) -> Resource {
    let mut own = vec![
        KeyValue::new(resource::SERVICE_NAME, settings.service_name.clone()),
        KeyValue::new(resource::SERVICE_NAMESPACE, "postroad"),
        KeyValue::new(resource::SERVICE_VERSION, settings.service_version.clone()),
        KeyValue::new(resource::SERVICE_INSTANCE, uuid::Uuid::new_v4().to_string()),
    ];
    for (name, value) in [(resource::RELAY, &settings.relay), (resource::SITE, &settings.site)] {
        if !value.is_empty() {
            own.push(KeyValue::new(name, value.clone()));
        }
    }
    let named = environment.get("OTEL_SERVICE_NAME").map(|name| KeyValue::new(resource::SERVICE_NAME, name.to_owned()));
    Resource::builder_empty()
        .with_schema_url(own, SCHEMA_URL)
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_detector(Box::new(EnvResourceDetector::new()))
        .with_attributes(named)
        .build()
}
