//! The suppressions that stand in configurations.

use super::find::{Config, Configurations, Layer, Place};
use super::read::SuppressionEntry;
use pillarlint_engine::suppress::{Owner, Scope, Source, State, Suppression};
use pillarlint_parser::source::{FileId, SourceMap, Span};
use std::sync::Arc;

/// All of them. The files that they stand in join the sources of the run. `folders` are those that were searched.
pub(super) fn suppressions(
    configurations: &Configurations,
    sources: &mut SourceMap,
    folders: &[String],
) -> Vec<Suppression> {
    let configs = configurations.all();
    let mut layers: Vec<&Arc<Layer>> = Vec::new();
    for layer in configs.iter().flat_map(|config| &config.layers) {
        let is_new = !layers.iter().any(|known| Arc::ptr_eq(known, layer));
        if is_new && !layer.file.suppressions.is_empty() {
            layers.push(layer);
        }
    }
    if layers.is_empty() {
        return Vec::new();
    }
    let places: Vec<Option<Place>> = sources
        .files
        .iter()
        .map(|file| configurations.of(&file.path))
        .collect();
    let searched: Vec<_> = folders.iter().map(|it| configurations.folder(it)).collect();
    let FileId(first) = sources.next_id();
    sources.files.extend(configurations.sources().files);

    let mut suppressions = Vec::new();
    for layer in layers {
        let is_of = |config: &Config| config.layers.iter().any(|one| Arc::ptr_eq(one, layer));
        // Only who has seen all that it could be for can say that it is for nothing.
        let mut reach = configs.iter().filter(|config| is_of(config));
        let is_whole = reach.all(|config| {
            let is_in =
                |folder| config.folder.starts_with(folder) && layer.folder.starts_with(folder);
            searched.iter().any(is_in)
        });
        for entry in &layer.file.suppressions {
            let is_meant = |place: &Place| {
                let path = || place.below(layer);
                let files = entry.files.as_ref();
                is_of(&place.config) && files.is_none_or(|it| it.hold(&path(), false) == Some(true))
            };
            let files = places.iter().zip(0..);
            let files = files.filter(|(place, _)| place.as_ref().is_some_and(is_meant));
            let files = files.map(|(_, file)| FileId(file)).collect();
            suppressions.push(suppression(entry, files, is_whole, first));
        }
    }
    suppressions
}

/// One of them, for these files. The ids of its own file count from `first`.
fn suppression(
    entry: &SuppressionEntry,
    files: Vec<FileId>,
    is_whole: bool,
    first: u32,
) -> Suppression {
    let here = |span: Span| Span {
        file: FileId(span.file.0.saturating_add(first)),
        ..span
    };
    let rules = entry.rules.iter();
    Suppression {
        place: here(entry.place),
        scope: Scope::Address {
            pattern: entry.address.clone().unwrap_or_else(|| "*".to_owned()),
            files: Some(files),
        },
        rules: rules
            .map(|(rule, place)| (rule.clone(), here(*place)))
            .collect(),
        reason: entry.reason.clone(),
        class: entry.class,
        until: entry.until,
        source: Source::Configuration,
        faults: Vec::new(),
        owner: if is_whole {
            Owner::Named
        } else {
            Owner::Called
        },
        state: State::Open,
    }
}
