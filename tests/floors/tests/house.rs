//! The rules against the workspace as it is.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use postroad_floors::{Breach, Edge, EdgeKind, FLOORS, Graph, Package, check_file, check_graph};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn metadata() -> Metadata {
    let root = root();
    MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .other_options(vec!["--locked".to_owned()])
        .exec()
        .expect("cargo metadata must answer; if Cargo.lock is behind the manifests, build once first")
}

fn graph(metadata: &Metadata) -> Graph {
    let packages = metadata
        .workspace_packages()
        .into_iter()
        .map(|package| Package {
            name: package.name.to_string(),
            is_test: package.manifest_path.strip_prefix(&metadata.workspace_root).unwrap().starts_with("tests"),
            edges: package
                .dependencies
                .iter()
                .map(|dependency| Edge {
                    to: dependency.name.clone(),
                    kind: match dependency.kind {
                        DependencyKind::Development => EdgeKind::Dev,
                        DependencyKind::Build => EdgeKind::Build,
                        _ => EdgeKind::Normal,
                    },
                })
                .collect(),
        })
        .collect();
    Graph { packages, resolved: built_crates() }
}

/// The crates that are really compiled for some target. `cargo metadata` also tells of optional ones that no feature
/// switches on, so `cargo tree` is asked.
fn built_crates() -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--workspace", "--edges", "all", "--target", "all"])
        .args(["--prefix", "none", "--format", "{p}"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo tree failed: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

fn report(breaches: &[Breach]) -> String {
    breaches.iter().map(|breach| format!("\n  {breach}")).collect()
}

#[test]
fn every_edge_goes_down() {
    let graph = graph(&metadata());
    assert!(graph.packages.len() > 15, "cargo metadata saw only {} packages", graph.packages.len());
    assert!(graph.resolved.iter().any(|name| name == "aws-lc-rs"), "the resolved graph is not the product's");
    let breaches = check_graph(&graph);
    assert!(breaches.is_empty(), "the floors are broken:{}", report(&breaches));
}

/// A crate directory that is named after something else would escape the table.
#[test]
fn crates_are_named_after_their_folder() {
    for package in metadata().workspace_packages() {
        let folder = package.manifest_path.parent().unwrap();
        if folder.parent().unwrap().file_name() == Some("crates") {
            assert_eq!(package.name.to_string(), format!("postroad-{}", folder.file_name().unwrap()));
            assert!(FLOORS.iter().any(|(name, _)| *name == package.name.as_str()), "{} has no floor", package.name);
        }
    }
}

#[test]
fn every_package_takes_the_lints_of_the_house() {
    for package in metadata().workspace_packages() {
        let text = fs::read_to_string(&package.manifest_path).unwrap();
        assert!(text.contains("[lints]\nworkspace = true"), "{} does not take the workspace's lints", package.name);
    }
}

#[test]
fn files_are_short_and_named() {
    let mut files = Vec::new();
    for folder in ["crates", "services", "tests"] {
        collect(&root().join(folder), &mut files);
    }
    assert!(files.len() > 30, "only {} files found", files.len());
    let breaches: Vec<Breach> = files
        .iter()
        .flat_map(|path| {
            let lines = fs::read_to_string(path).unwrap().lines().count();
            check_file(path.strip_prefix(root()).unwrap().to_str().unwrap(), lines)
        })
        .collect();
    assert!(breaches.is_empty(), "the files are out of order:{}", report(&breaches));
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}
