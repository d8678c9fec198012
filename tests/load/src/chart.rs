//! The trace of the pace as a picture: what arrived in each second, lane upon lane, and the count of every sliding second
//! over it.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::judge;
use crate::lanes::Lane;
use crate::pace::Paced;

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 48.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 56.0;
const BOTTOM: f64 = 44.0;
/// How often the sliding second is counted.
const STEP: Duration = Duration::from_millis(50);
/// A lane's colour; they tell each other apart for the colour-blind, too.
const COLOURS: [&str; 3] = ["#c2410c", "#eab308", "#93b5d8"];

/// The picture of `paced`, at most `rate` a second.
pub(crate) fn svg(paced: &Paced, rate: u64) -> String {
    let last = paced.times.last().copied().unwrap_or(paced.began);
    let seconds = last.duration_since(paced.began).as_secs() + 1;
    let scale = Scale {
        seconds: crate::throughput::count(seconds),
        most: crate::throughput::count(rate) * 1.25,
    };
    let mut svg = String::new();
    let _ = write!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="#334155" role="img">
<title>Messages per second at the stub of the Graph API</title>
<desc>Made by make load. At most {} in any second, {:.1} % of the allowance used while there was work.</desc>
<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>
"##,
        paced.max_per_s,
        paced.used * 100.0,
    );
    legend(&mut svg, paced);
    axes(&mut svg, &scale, rate);
    bars(&mut svg, &scale, paced, seconds);
    sliding(&mut svg, &scale, paced, last);
    let (x, y) = (scale.x(0.0), scale.y(crate::throughput::count(rate)));
    let _ = write!(
        svg,
        r##"<line x1="{x:.1}" y1="{y:.1}" x2="{:.1}" y2="{y:.1}" stroke="#b91c1c" stroke-width="1.5" stroke-dasharray="6 4"/>
<text x="{:.1}" y="{:.1}" text-anchor="end" fill="#b91c1c">{rate} a second</text>
</svg>
"##,
        WIDTH - RIGHT,
        WIDTH - RIGHT,
        y - 5.0,
    );
    svg
}

/// From seconds and counts to places.
struct Scale {
    seconds: f64,
    most: f64,
}

impl Scale {
    fn x(&self, second: f64) -> f64 {
        LEFT + second / self.seconds * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, many: f64) -> f64 {
        HEIGHT - BOTTOM - many / self.most * (HEIGHT - TOP - BOTTOM)
    }
}

fn legend(svg: &mut String, paced: &Paced) {
    let _ = writeln!(
        svg,
        r##"<text x="{LEFT}" y="20" font-size="14" font-weight="600" fill="#0f172a">Five copies of send, one number: what arrives in each second</text>"##,
    );
    let mut x = LEFT;
    for (lane, colour) in Lane::ALL.into_iter().zip(COLOURS) {
        let many = paced.by_lane.get(&lane).map_or(0, Vec::len);
        let _ = writeln!(
            svg,
            r#"<rect x="{x}" y="31" width="11" height="11" fill="{colour}"/><text x="{}" y="41">{} ({many})</text>"#,
            x + 16.0,
            lane.name(),
        );
        x += 130.0;
    }
    let _ = writeln!(
        svg,
        r##"<line x1="{x}" y1="37" x2="{}" y2="37" stroke="#0f172a" stroke-width="1.5"/><text x="{}" y="41">any second, wherever it begins: {} at most</text>"##,
        x + 18.0,
        x + 23.0,
        paced.max_per_s,
    );
}

fn axes(svg: &mut String, scale: &Scale, rate: u64) {
    for quarter in 0..=4 {
        let many = rate * quarter / 4;
        let y = scale.y(crate::throughput::count(many));
        let _ = writeln!(
            svg,
            r##"<line x1="{LEFT}" y1="{y:.1}" x2="{:.1}" y2="{y:.1}" stroke="#e2e8f0"/><text x="{}" y="{:.1}" text-anchor="end">{many}</text>"##,
            WIDTH - RIGHT,
            LEFT - 6.0,
            y + 4.0,
        );
    }
    let mut second = 0.0;
    while second <= scale.seconds {
        let _ = writeln!(
            svg,
            r#"<text x="{:.1}" y="{:.1}" text-anchor="middle">{second}</text>"#,
            scale.x(second),
            HEIGHT - BOTTOM + 16.0,
        );
        second += 5.0;
    }
    let _ = writeln!(
        svg,
        r#"<text x="{:.1}" y="{:.1}" text-anchor="middle">seconds since the first message, by the stub's clock</text>"#,
        f64::midpoint(LEFT, WIDTH - RIGHT),
        HEIGHT - 8.0,
    );
}

fn bars(svg: &mut String, scale: &Scale, paced: &Paced, seconds: u64) {
    for second in 0..seconds {
        let from = paced.began + Duration::from_secs(second);
        let to = from + Duration::from_secs(1);
        let left = scale.x(crate::throughput::count(second));
        let width = scale.x(crate::throughput::count(second + 1)) - left - 1.5;
        let mut below = 0.0;
        for (lane, colour) in Lane::ALL.into_iter().zip(COLOURS) {
            let times = paced.by_lane.get(&lane).map_or(&[][..], Vec::as_slice);
            let many =
                times.partition_point(|at| *at < to) - times.partition_point(|at| *at < from);
            if many == 0 {
                continue;
            }
            let many = crate::throughput::count(many as u64);
            let _ = writeln!(
                svg,
                r#"<rect x="{left:.1}" y="{:.1}" width="{width:.1}" height="{:.1}" fill="{colour}"/>"#,
                scale.y(below + many),
                scale.y(below) - scale.y(below + many),
            );
            below += many;
        }
    }
}

fn sliding(svg: &mut String, scale: &Scale, paced: &Paced, last: Instant) {
    let mut points = String::new();
    let mut end = paced.began + Duration::from_secs(1);
    while end <= last {
        let many = judge::in_the_second_before(&paced.times, end);
        let _ = write!(
            points,
            "{:.1},{:.1} ",
            scale.x(end.duration_since(paced.began).as_secs_f64()),
            scale.y(crate::throughput::count(many as u64)),
        );
        end += STEP;
    }
    let _ = writeln!(
        svg,
        r##"<polyline points="{}" fill="none" stroke="#0f172a" stroke-width="1.5"/>"##,
        points.trim_end(),
    );
}
