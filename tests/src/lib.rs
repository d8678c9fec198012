//! Portavoce as its users meet it: the template deployed on the local engine, the WhatsApp peer as Meta and as the
//! citizens' phones, and the staff with their tokens. The demo and the end-to-end tests are written with it.

mod meddling;
mod office;
mod site;
mod staff;
mod tables;
mod world;

pub use office::{OFFICE, absence_of_the_head, mail_of_the_office};
pub use site::{Site, SitePage};
pub use staff::{Answer, Staff};
pub use world::{Result, Trouble, World, poll, rome};
