//! Who may make a move at an instant, by the comune's roster: whose turn it is, for whom, and whether the head of the sector
//! is there (Rubano, "Attori").

use crate::Instant;
use crate::ids::StaffId;
use crate::roster::{Acting, NoCopies, NotAppointed, Phase, Roster};
use crate::staff::{Actor, Role};
use crate::tenant::Zone;

use super::request::NoticeRequest;
use super::state::MoveKind;

/// What the roster says of an actor at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// The actor, with the roles that the appointment gives at this instant.
    pub actor: Actor,
    /// In whose place they act, who is absent.
    pub instead_of: Option<StaffId>,
    /// Whether nobody can forward: only then is the alternative path open.
    pub head_is_absent: bool,
}

/// Why the roster does not let an actor move.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAuthority {
    /// The appointment does not hold at this instant.
    #[error("not appointed: {0}")]
    NotAppointed(NotAppointed),
    /// It is somebody else's turn.
    #[error("it is the turn of {who}")]
    NotYourTurn {
        /// Whose.
        who: StaffId,
    },
    /// Nobody can act: all are absent or without an appointment.
    #[error("nobody can act in {}", .0.key())]
    Gap(Phase),
    /// Not of the operating group.
    #[error("not of the operating group")]
    NotOfTheGroup,
    /// The compulsory copies have nowhere to go.
    #[error(transparent)]
    NoCopies(#[from] NoCopies),
}

impl Authority {
    /// Where no roster was written yet: whoever has the role acts for themself, and the alternative path is closed, for
    /// nothing says that the head is absent.
    pub fn of_the_token(actor: Actor) -> Self {
        Self {
            actor,
            instead_of: None,
            head_is_absent: false,
        }
    }

    /// What `roster` says of `actor`, who wants to make `step` at `now`. Offices that ask, finance and whoever administers the
    /// roster are no part of the procedure: their roles are those of the token.
    pub fn of(
        roster: &Roster,
        step: MoveKind,
        actor: Actor,
        now: Instant,
        zone: &Zone,
    ) -> Result<Self, NoAuthority> {
        let appointed = roster.may_act(&actor.id, now, zone);
        let (in_the_procedure, mut roles): (Vec<Role>, Vec<Role>) = actor
            .roles
            .iter()
            .copied()
            .partition(|role| is_of_the_procedure(*role));
        match appointed {
            Ok(operator) => roles.extend(
                in_the_procedure
                    .into_iter()
                    .filter(|role| operator.roles.contains(role)),
            ),
            // What an office may do, an office may do.
            Err(_) if in_the_procedure.is_empty() => {}
            Err(why) if roles.is_empty() => return Err(NoAuthority::NotAppointed(why)),
            Err(_) => {}
        }
        let mut authority = Self {
            head_is_absent: roster.sector_head_absent(now, zone),
            ..Self::of_the_token(Actor {
                id: actor.id,
                roles,
            })
        };
        match step {
            MoveKind::TakeCharge => {
                authority.instead_of =
                    turn(roster, Phase::TakeCharge, &authority.actor, now, zone)?;
            }
            MoveKind::Forward => {
                authority.instead_of = turn(roster, Phase::Forward, &authority.actor, now, zone)?;
            }
            MoveKind::ForwardDirectly if authority.head_is_absent => {
                authority.instead_of =
                    turn(roster, Phase::Alternative, &authority.actor, now, zone)?;
                // Nobody may take it whose copies would have nowhere to go.
                roster.alternative_copies(now, zone)?;
            }
            MoveKind::Approve | MoveKind::Object => {
                let group = roster.group();
                let id = &authority.actor.id;
                if !group.members.contains(id) && group.supplier != *id {
                    return Err(NoAuthority::NotOfTheGroup);
                }
            }
            _ => {}
        }
        Ok(authority)
    }
}

impl NoticeRequest {
    /// The moves that are `actor`'s to make at `now`: the state admits them, the roles allow them, and where the comune has a
    /// roster it is their turn. What the checks find is not asked: a move that is open may still be refused.
    pub fn open_to(
        &self,
        actor: &Actor,
        roster: Option<&Roster>,
        now: Instant,
        zone: &Zone,
    ) -> Vec<MoveKind> {
        let is_open = |step: MoveKind| {
            let authority = match roster {
                None => Authority::of_the_token(actor.clone()),
                Some(roster) => Authority::of(roster, step, actor.clone(), now, zone).ok()?,
            };
            let needs = self.state.name().allows(step)?;
            let allowed =
                authority.actor.is_any(needs) && !self.is_anothers(needs, &authority.actor);
            let wrote_it = self.is_of(&actor.id);
            let open = match step {
                MoveKind::Approve | MoveKind::Release => !wrote_it,
                MoveKind::ForwardDirectly => authority.head_is_absent,
                _ => true,
            };
            (allowed && open).then_some(step)
        };
        MoveKind::ALL.into_iter().filter_map(is_open).collect()
    }
}

fn is_of_the_procedure(role: Role) -> bool {
    match role {
        Role::Operator
        | Role::SectorHead
        | Role::OperatingGroup
        | Role::Supplier
        | Role::Secretary => true,
        Role::Requester | Role::Finance | Role::Administrator => false,
    }
}

/// In whose place `actor` acts in `phase`, if it is their turn.
fn turn(
    roster: &Roster,
    phase: Phase,
    actor: &Actor,
    now: Instant,
    zone: &Zone,
) -> Result<Option<StaffId>, NoAuthority> {
    match roster.acting(phase, now, zone) {
        Acting::By { who, instead_of } if who == actor.id => Ok(instead_of),
        Acting::By { who, .. } => Err(NoAuthority::NotYourTurn { who }),
        Acting::Gap => Err(NoAuthority::Gap(phase)),
    }
}

#[cfg(test)]
mod tests;
