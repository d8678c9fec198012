//! The staff of the rehearsal: one user per role, named after the office and not after a person.

use futures::future::try_join_all;
use serde_json::{Value, json};

use crate::StageError;
use crate::control::Control;

/// User name and group of who may sign in from the start.
pub const STAFF: [(&str, &str); 8] = [
    ("ufficio.cultura", "requester"),
    ("sportello.uno", "operator"),
    ("capo.settore", "sector_head"),
    ("gruppo.uno", "operating_group"),
    ("ragioneria", "finance"),
    ("amministratore.uno", "administrator"),
    ("segreteria.generale", "secretary"),
    ("fornitore.uno", "supplier"),
];

/// Good for the engine only, which is thrown away after the run.
pub const PASSWORD: &str = "Prova-in-locale-2026";

/// The pool of a deployed stack.
#[derive(Debug)]
pub(crate) struct Staff<'a> {
    pub(crate) control: &'a Control,
    pub(crate) pool: &'a str,
    pub(crate) client: &'a str,
}

impl Staff<'_> {
    /// Creates everybody of [`STAFF`]; gives their access tokens by role.
    pub(crate) async fn hire(&self) -> Result<Vec<(String, String)>, StageError> {
        try_join_all(STAFF.map(|(name, group)| async move {
            self.create(name, group).await?;
            Ok((group.to_owned(), self.sign_in(name).await?))
        }))
        .await
    }

    pub(crate) async fn create(&self, name: &str, group: &str) -> Result<(), StageError> {
        let user = json!({
            "UserPoolId": self.pool, "Username": name, "MessageAction": "SUPPRESS",
            // The engine's own temporary password would not satisfy the pool's policy.
            "TemporaryPassword": PASSWORD,
        });
        self.call("AdminCreateUser", &user).await?;
        let password = json!({"UserPoolId": self.pool, "Username": name, "Password": PASSWORD, "Permanent": true});
        self.call("AdminSetUserPassword", &password).await?;
        let membership = json!({"UserPoolId": self.pool, "Username": name, "GroupName": group});
        self.call("AdminAddUserToGroup", &membership).await?;
        Ok(())
    }

    /// As the staff do: user name and password to the app client, an access token back.
    pub(crate) async fn sign_in(&self, name: &str) -> Result<String, StageError> {
        let credentials = json!({
            "ClientId": self.client, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": name, "PASSWORD": PASSWORD},
        });
        let answer = self.call("InitiateAuth", &credentials).await?;
        answer["AuthenticationResult"]["AccessToken"]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| StageError::NoUser(name.to_owned()))
    }

    async fn call(&self, operation: &str, body: &Value) -> Result<Value, StageError> {
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        self.control.json("cognito-idp", &target, body).await
    }
}
