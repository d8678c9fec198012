//! What it takes to look at a function from outside: a host of the Lambda Runtime API, the process with its CPU clock, the
//! services that it calls, and the events that it is asked. The bench and the load test both stand on it.

use std::error::Error;

pub mod environment;
pub mod events;
pub mod host;
pub mod process;
pub mod stub;

/// Why something could not be measured, in words for whoever runs the measurement.
pub type Trouble = Box<dyn Error + Send + Sync>;
