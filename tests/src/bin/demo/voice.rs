//! What the demo says: chapters, steps, details, addresses, figures.

#![expect(clippy::print_stdout, reason = "the demo speaks on standard output")]

use rehearsal::{Result, Trouble, World};

use crate::notice::Report;
use crate::tally::Figures;

/// The title of what follows.
pub(crate) fn chapter(title: &str) {
    println!("\n── {title}");
}

/// Something that was done and is as it should be.
pub(crate) fn step(line: &str) {
    println!(" ✓ {line}");
}

/// Progress inside a step.
pub(crate) fn detail(line: &str) {
    println!("   {line}");
}

/// Something that is not what it should be.
pub(crate) fn wrong(line: &str) {
    println!(" ✗ {line}");
}

/// The step that broke the demo.
pub(crate) fn broken(trouble: &Trouble) {
    println!(" ✗ {trouble}");
}

/// Where to look.
pub(crate) fn addresses(world: &World, report: &Report) -> Result<()> {
    chapter("Dove guardare");
    detail(&format!("telefoni dei cittadini   {}", world.peer.base()));
    detail(&format!(
        "banco delle richieste    {} (sportello.uno, {})",
        world.api("/desk"),
        local::PASSWORD
    ));
    detail(&format!("API del personale        {}", world.api("/docs")));
    detail(&format!(
        "OpenAPI 3.1              {}",
        world.api("/openapi.json")
    ));
    let keys = local::Places::find()?.repository.join(".build/stage.json");
    world.stage.file.write(&keys)?;
    detail(&format!(
        "chiavi del personale     {} (tokens)",
        keys.display()
    ));
    detail(&format!(
        "rendiconto               s3://{}/{}",
        world.output("ReportsBucket")?,
        report.csv_key
    ));
    Ok(())
}

/// The last line.
pub(crate) fn figures(figures: &Figures) -> Result<()> {
    println!("\n{{\"rubano\":{}}}", serde_json::to_string(figures)?);
    Ok(())
}
