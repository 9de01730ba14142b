//! Tests of the choice, on sets of connectors that are written as in the operator's reference.

#[cfg(test)]
#[path = "sets/book.rs"]
mod book;
#[cfg(test)]
#[path = "sets/compiling.rs"]
mod compiling;
#[cfg(test)]
#[path = "sets/examples.rs"]
mod examples;
#[cfg(test)]
#[path = "sets/explaining.rs"]
mod explaining;
#[cfg(test)]
#[path = "sets/notation.rs"]
mod notation;
#[cfg(test)]
#[path = "sets/properties.rs"]
mod properties;
#[cfg(test)]
#[path = "sets/random.rs"]
mod random;
