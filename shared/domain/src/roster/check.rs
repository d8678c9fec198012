//! A roster as it comes in, and the one door through which it becomes a [`Roster`].

use jiff::civil;

use super::{Absence, AbsenceReason, Group, Operator, Phase, Phases, Roster};
use crate::Instant;
use crate::email::EmailAddress;
use crate::ids::StaffId;
use crate::staff::Role;
use crate::texts;

/// Most operators of a roster.
pub(super) const MOST_OPERATORS: usize = 100;
/// Most absences that are kept with an operator.
pub(super) const MOST_ABSENCES: usize = 50;
/// Most addresses of the mailbox.
const MOST_ADDRESSES: usize = 10;
/// Longest name and longest citation of an act, in characters.
const LONGEST_NAME: usize = 120;
const LONGEST_ACT: usize = 200;
/// Years in which an appointment or an absence can lie: outside, somebody has mistyped.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2199;

/// A roster as it comes in: anything may be missing or wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RosterInput {
    /// The operators.
    pub operators: Vec<OperatorInput>,
    /// The holders of each phase.
    pub phases: PhasesInput,
    /// The operating group.
    pub group: GroupInput,
    /// Who is told of what no holder can be told of.
    pub mailbox: Vec<String>,
}

/// An operator as it comes in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperatorInput {
    /// The account.
    pub id: Option<String>,
    /// The person.
    pub name: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// The roles.
    pub roles: Vec<String>,
    /// The act of appointment.
    pub appointed_by: Option<String>,
    /// The first day: `2026-03-03`.
    pub from: Option<String>,
    /// The last day, if there is one.
    pub until: Option<String>,
    /// The instant at which the appointment was taken back, in UTC, if it was.
    pub revoked_at: Option<String>,
    /// The absences.
    pub absences: Vec<AbsenceInput>,
}

/// An absence as it comes in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AbsenceInput {
    /// From when, in the tenant's civil time: `2026-08-10T08:00`.
    pub from: Option<String>,
    /// Until when.
    pub until: Option<String>,
    /// What kind.
    pub reason: Option<String>,
}

/// The holders of each phase as they come in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhasesInput {
    /// Of the taking in charge.
    pub take_charge: Vec<String>,
    /// Of the forwarding.
    pub forward: Vec<String>,
    /// Of the alternative path.
    pub alternative: Vec<String>,
    /// Of the monitoring.
    pub monitoring: Vec<String>,
}

/// The operating group as it comes in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupInput {
    /// The members.
    pub members: Vec<String>,
    /// The firm that runs the platform.
    pub supplier: Option<String>,
    /// The mayor.
    pub mayor: Option<String>,
}

/// All that is wrong with a roster.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} places of the roster are missing or wrong", .0.len())]
pub struct InvalidRoster(pub Vec<Fault>);

/// Something that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where: `operators[2].email`, with the first at 0 as in JSON.
    pub field: String,
    /// What.
    pub wrong: Wrong,
}

/// What is wrong with a place of a roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// It is not there.
    Missing,
    /// It is longer than so many characters.
    TooLong(usize),
    /// There are more than so many.
    TooMany(usize),
    /// It has a newline or another control character.
    ControlCharacters,
    /// It is not the name of an account.
    NotAnAccount,
    /// It is not an address of electronic mail.
    NotAnAddress,
    /// It is none of the roles.
    UnknownRole,
    /// It is none of the kinds of absence.
    UnknownReason,
    /// It is not a day.
    NotADay,
    /// It is not a day and hour.
    NotAnHour,
    /// It is not an instant in UTC.
    NotAnInstant,
    /// It ends before it begins.
    EndsTooEarly,
    /// It is there twice.
    Repeated,
    /// It is not one of the operators.
    NotAnOperator,
    /// The operator has none of the roles that are needed here.
    Unfit(&'static [Role]),
}

impl Wrong {
    /// The key of the words for the staff, and the values to fill in.
    pub fn words(&self) -> (&'static str, Vec<(&'static str, String)>) {
        let limited = |limit: &usize| vec![("limite", limit.to_string())];
        match self {
            Self::Missing => ("field.missing", vec![]),
            Self::TooLong(limit) => ("roster.too_long", limited(limit)),
            Self::TooMany(limit) => ("roster.too_many", limited(limit)),
            Self::ControlCharacters => ("roster.control_characters", vec![]),
            Self::NotAnAccount => ("roster.not_an_account", vec![]),
            Self::NotAnAddress => ("roster.not_an_address", vec![]),
            Self::UnknownRole => (
                "roster.unknown_role",
                vec![("ruoli", Role::ALL.map(Role::key).join(", "))],
            ),
            Self::UnknownReason => (
                "roster.unknown_reason",
                vec![(
                    "motivi",
                    AbsenceReason::ALL.map(AbsenceReason::key).join(", "),
                )],
            ),
            Self::NotADay => ("roster.not_a_day", vec![]),
            Self::NotAnHour => ("field.not_a_date", vec![]),
            Self::NotAnInstant => ("roster.not_an_instant", vec![]),
            Self::EndsTooEarly => ("roster.ends_too_early", vec![]),
            Self::Repeated => ("roster.repeated", vec![]),
            Self::NotAnOperator => ("roster.not_an_operator", vec![]),
            Self::Unfit(needs) => {
                let words = texts::italian();
                let names: Vec<_> = needs.iter().map(|role| words.role(role.key())).collect();
                ("roster.unfit", vec![("ruoli", names.join(", "))])
            }
        }
    }
}

impl Roster {
    /// Checks a roster that comes in; all that is wrong is told at once.
    pub fn check(input: &RosterInput) -> Result<Self, InvalidRoster> {
        let mut check = Check::default();
        let operators = check.operators(&input.operators);
        let mut known = Known {
            operators: &operators,
            check: &mut check,
        };
        let phases = Phases {
            take_charge: known.holders(Phase::TakeCharge, &input.phases.take_charge),
            forward: known.holders(Phase::Forward, &input.phases.forward),
            alternative: known.holders(Phase::Alternative, &input.phases.alternative),
            monitoring: known.holders(Phase::Monitoring, &input.phases.monitoring),
        };
        let members = known.list(
            "group.members",
            // A head of the sector who is of the group has that role too: a member has a vote.
            &[Role::OperatingGroup, Role::Supplier],
            &input.group.members,
        );
        let supplier = known.one(
            "group.supplier",
            &[Role::Supplier],
            input.group.supplier.as_deref(),
        );
        // The mayor may hold any role, but must be written to: without the copies there is no alternative path.
        let mayor = known.one("group.mayor", &Role::ALL, input.group.mayor.as_deref());
        let mailbox = check.mailbox(&input.mailbox);
        match (supplier, mayor) {
            (Some(supplier), Some(mayor)) if check.0.is_empty() => Ok(Self {
                operators: operators.into_iter().flatten().collect(),
                phases,
                group: Group {
                    members,
                    supplier,
                    mayor,
                },
                mailbox,
            }),
            _ => Err(InvalidRoster(check.0)),
        }
    }
}

impl Absence {
    /// Checks an absence that comes in by itself.
    pub fn check(input: &AbsenceInput) -> Result<Self, InvalidRoster> {
        let mut check = Check::default();
        match check.absence("", input) {
            Some(absence) if check.0.is_empty() => Ok(absence),
            _ => Err(InvalidRoster(check.0)),
        }
    }
}

/// What was found wrong so far.
#[derive(Default)]
struct Check(Vec<Fault>);

impl Check {
    fn fault(&mut self, field: impl Into<String>, wrong: Wrong) {
        self.0.push(Fault {
            field: field.into(),
            wrong,
        });
    }

    fn keep<T>(&mut self, field: String, checked: Result<T, Wrong>) -> Option<T> {
        checked.map_err(|wrong| self.fault(field, wrong)).ok()
    }

    /// The operators, each at its place; `None` where something is wrong with one.
    fn operators(&mut self, inputs: &[OperatorInput]) -> Vec<Option<Operator>> {
        if inputs.is_empty() {
            self.fault("operators", Wrong::Missing);
        }
        if inputs.len() > MOST_OPERATORS {
            self.fault("operators", Wrong::TooMany(MOST_OPERATORS));
            return vec![None];
        }
        let mut ids = Vec::new();
        for (place, input) in inputs.iter().enumerate() {
            let id = input.id.as_deref().map(str::trim).unwrap_or_default();
            if !id.is_empty() && ids.contains(&id) {
                self.fault(format!("operators[{place}].id"), Wrong::Repeated);
            }
            ids.push(id);
        }
        let places = inputs.iter().enumerate();
        places
            .map(|(place, input)| self.operator(&format!("operators[{place}]."), input))
            .collect()
    }

    fn operator(&mut self, at: &str, input: &OperatorInput) -> Option<Operator> {
        let place = |field: &str| format!("{at}{field}");
        let id = self.keep(place("id"), account(input.id.as_deref()));
        let name = self.keep(place("name"), line(input.name.as_deref(), LONGEST_NAME));
        let email = self.keep(place("email"), address(input.email.as_deref()));
        let roles = self.roles(&place("roles"), &input.roles);
        let appointed_by = self.keep(
            place("appointed_by"),
            line(input.appointed_by.as_deref(), LONGEST_ACT),
        );
        let from = self.keep(place("from"), day(input.from.as_deref()));
        let until = self.keep(place("until"), optional(input.until.as_deref(), day));
        if let (Some(from), Some(Some(until))) = (from, until)
            && until < from
        {
            self.fault(place("until"), Wrong::EndsTooEarly);
        }
        let revoked_at = self.keep(
            place("revoked_at"),
            optional(input.revoked_at.as_deref(), utc),
        );
        if input.absences.len() > MOST_ABSENCES {
            self.fault(place("absences"), Wrong::TooMany(MOST_ABSENCES));
            return None;
        }
        let absences: Vec<_> = input
            .absences
            .iter()
            .enumerate()
            .map(|(number, absence)| self.absence(&place(&format!("absences[{number}].")), absence))
            .collect();
        let mut absences: Vec<_> = absences.into_iter().collect::<Option<_>>()?;
        absences.sort_by_key(|absence| absence.from);
        Some(Operator {
            id: id?,
            name: name?,
            email: email?,
            roles,
            appointed_by: appointed_by?,
            from: from?,
            until: until?,
            revoked_at: revoked_at?,
            absences,
        })
    }

    fn roles(&mut self, field: &str, names: &[String]) -> Vec<Role> {
        if names.is_empty() {
            self.fault(field, Wrong::Missing);
        }
        let mut roles = Vec::new();
        for (place, name) in names.iter().enumerate() {
            match Role::of_group(name.trim()) {
                None => self.fault(format!("{field}[{place}]"), Wrong::UnknownRole),
                Some(role) if roles.contains(&role) => {
                    self.fault(format!("{field}[{place}]"), Wrong::Repeated);
                }
                Some(role) => roles.push(role),
            }
        }
        roles
    }

    fn absence(&mut self, at: &str, input: &AbsenceInput) -> Option<Absence> {
        let from = self.keep(format!("{at}from"), hour(input.from.as_deref()));
        let until = self.keep(format!("{at}until"), hour(input.until.as_deref()));
        let reason = self.keep(
            format!("{at}reason"),
            optional(input.reason.as_deref(), kind_of_absence),
        );
        if let (Some(from), Some(until)) = (from, until)
            && until <= from
        {
            self.fault(format!("{at}until"), Wrong::EndsTooEarly);
            return None;
        }
        Some(Absence {
            from: from?,
            until: until?,
            reason: reason?,
        })
    }

    fn mailbox(&mut self, texts: &[String]) -> Vec<EmailAddress> {
        if texts.is_empty() {
            self.fault("mailbox", Wrong::Missing);
        }
        if texts.len() > MOST_ADDRESSES {
            self.fault("mailbox", Wrong::TooMany(MOST_ADDRESSES));
            return Vec::new();
        }
        let places = texts.iter().enumerate();
        places
            .filter_map(|(place, text)| self.keep(format!("mailbox[{place}]"), address(Some(text))))
            .collect()
    }
}

/// The operators that the rest of a roster may name.
struct Known<'a> {
    operators: &'a [Option<Operator>],
    check: &'a mut Check,
}

impl Known<'_> {
    fn holders(&mut self, phase: Phase, names: &[String]) -> Vec<StaffId> {
        self.list(&format!("phases.{}", phase.key()), phase.needs(), names)
    }

    fn list(&mut self, field: &str, needs: &'static [Role], names: &[String]) -> Vec<StaffId> {
        if names.is_empty() {
            self.check.fault(field, Wrong::Missing);
        }
        let mut ids = Vec::new();
        for (place, name) in names.iter().enumerate().take(MOST_OPERATORS + 1) {
            let field = format!("{field}[{place}]");
            let Some(id) = self.one(&field, needs, Some(name)) else {
                continue;
            };
            if ids.contains(&id) {
                self.check.fault(field, Wrong::Repeated);
            } else {
                ids.push(id);
            }
        }
        ids
    }

    fn one(&mut self, field: &str, needs: &'static [Role], name: Option<&str>) -> Option<StaffId> {
        let id = self.check.keep(field.to_owned(), account(name))?;
        let mut operators = self.operators.iter().flatten();
        match operators.find(|operator| operator.id == id) {
            // Where an operator could not be read, it may be the one: its own fault is told, and this one would mislead.
            None if self.operators.contains(&None) => {}
            None => self.check.fault(field, Wrong::NotAnOperator),
            // So may the role that could not be read.
            Some(operator) if operator.roles.is_empty() => {}
            Some(operator) if operator.roles.iter().any(|role| needs.contains(role)) => {}
            Some(_) => self.check.fault(field, Wrong::Unfit(needs)),
        }
        Some(id)
    }
}

/// A line of text that is there, is no longer than `limit` characters and has no control characters.
fn line(text: Option<&str>, limit: usize) -> Result<String, Wrong> {
    let text = text
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .ok_or(Wrong::Missing)?;
    if text.chars().count() > limit {
        return Err(Wrong::TooLong(limit));
    }
    if text.chars().any(char::is_control) {
        return Err(Wrong::ControlCharacters);
    }
    Ok(text.to_owned())
}

/// What `read` makes of a text that nobody has to give.
fn optional<T>(
    text: Option<&str>,
    read: fn(Option<&str>) -> Result<T, Wrong>,
) -> Result<Option<T>, Wrong> {
    match read(text) {
        Err(Wrong::Missing) => Ok(None),
        read => read.map(Some),
    }
}

fn account(text: Option<&str>) -> Result<StaffId, Wrong> {
    line(text, 128)?.parse().map_err(|_| Wrong::NotAnAccount)
}

fn address(text: Option<&str>) -> Result<EmailAddress, Wrong> {
    line(text, 254)?.parse().map_err(|_| Wrong::NotAnAddress)
}

/// A day and nothing else: an hour beside it would be read and passed over.
fn day(text: Option<&str>) -> Result<civil::Date, Wrong> {
    let text = line(text, 32)?;
    let day: civil::Date = text.parse().map_err(|_| Wrong::NotADay)?;
    if text.len() == "2026-03-03".len() && YEARS.contains(&day.year()) {
        Ok(day)
    } else {
        Err(Wrong::NotADay)
    }
}

/// A day and hour in civil time: neither a bare day, which would silently mean midnight, nor an offset, which would be read
/// and passed over.
fn hour(text: Option<&str>) -> Result<civil::DateTime, Wrong> {
    let text = line(text, 32)?;
    let hour: civil::DateTime = text.parse().map_err(|_| Wrong::NotAnHour)?;
    let is_bare =
        text.contains(':') && !text.contains(['+', '[']) && text.matches('-').count() == 2;
    if is_bare && YEARS.contains(&hour.year()) {
        Ok(hour)
    } else {
        Err(Wrong::NotAnHour)
    }
}

fn utc(text: Option<&str>) -> Result<Instant, Wrong> {
    line(text, 40)?.parse().map_err(|_| Wrong::NotAnInstant)
}

fn kind_of_absence(text: Option<&str>) -> Result<AbsenceReason, Wrong> {
    let text = line(text, 32)?;
    AbsenceReason::ALL
        .into_iter()
        .find(|reason| reason.key() == text)
        .ok_or(Wrong::UnknownReason)
}
