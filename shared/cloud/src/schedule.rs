//! One-time schedules: at an instant, a message is put into the dispatches queue.

use aws_config::SdkConfig;
use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::operation::create_schedule::CreateScheduleError;
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, Target,
};
use domain::jobs::DispatchNotice;

use crate::AwsError;

/// A schedule was not made: worth another try.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// EventBridge Scheduler did not answer, or refused.
    #[error("EventBridge Scheduler did not do it")]
    Scheduler(#[source] AwsError),
    /// A bug of ours.
    #[error("it does not serialise")]
    Serialise(#[from] serde_json::Error),
}

/// The schedules of the stack.
#[derive(Debug, Clone)]
pub struct Schedules {
    scheduler: Client,
    group: String,
    role: String,
    queue: String,
}

impl Schedules {
    /// Schedules in `group` that put their message, with `role`, into the queue with the ARN `queue`.
    pub fn new(
        aws: &SdkConfig,
        group: impl Into<String>,
        role: impl Into<String>,
        queue: impl Into<String>,
    ) -> Self {
        Self {
            scheduler: Client::new(aws),
            group: group.into(),
            role: role.into(),
            queue: queue.into(),
        }
    }

    /// Sees to it that `dispatch` is queued at its hour. The name is made of the notice and the hour: asking twice makes
    /// one schedule. A schedule that is no longer wanted may stay: what it queues finds another hour, and does nothing.
    pub async fn at_its_hour(&self, dispatch: &DispatchNotice) -> Result<(), ScheduleError> {
        let target = Target::builder()
            .arn(&self.queue)
            .role_arn(&self.role)
            .input(serde_json::to_string(dispatch)?)
            .build()
            .map_err(|error| ScheduleError::Scheduler(error.into()))?;
        let window = FlexibleTimeWindow::builder()
            .mode(FlexibleTimeWindowMode::Off)
            .build()
            .map_err(|error| ScheduleError::Scheduler(error.into()))?;
        let made = self
            .scheduler
            .create_schedule()
            .name(format!(
                "{}-{}",
                dispatch.notice,
                dispatch.send_at.as_second()
            ))
            .group_name(&self.group)
            .schedule_expression(format!(
                "at({})",
                dispatch.send_at.strftime("%Y-%m-%dT%H:%M:%S")
            ))
            .schedule_expression_timezone("UTC")
            .flexible_time_window(window)
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(target)
            .send()
            .await;
        match made {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(CreateScheduleError::is_conflict_exception) =>
            {
                Ok(())
            }
            Err(error) => Err(ScheduleError::Scheduler(error.into())),
        }
    }
}
