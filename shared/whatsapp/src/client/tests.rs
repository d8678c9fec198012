use super::*;

fn answer(status: u16, body: &str) -> Result<Accepted, SendError> {
    read(StatusCode::from_u16(status).unwrap(), body.as_bytes())
}

#[test]
fn an_accepted_message_has_metas_id() {
    let accepted = answer(
        200,
        r#"{"messaging_product":"whatsapp","contacts":[{"input":"+39333","wa_id":"39333"}],
           "messages":[{"id":"wamid.HBgM","message_status":"accepted"}]}"#,
    );

    assert_eq!(accepted.unwrap().wamid.as_str(), "wamid.HBgM");
}

#[test]
fn a_refusal_says_what_to_do() {
    for (status, code, class) in [
        (400, 131_056, Class::Retry),
        (401, 190, Class::Operator),
        (400, 131_026, Class::Unreachable),
    ] {
        let body =
            format!(r#"{{"error":{{"message":"(#{code}) …","code":{code},"fbtrace_id":"AbC"}}}}"#);
        match answer(status, &body) {
            Err(SendError::Refused {
                reason,
                class: found,
                trace,
            }) => {
                assert_eq!(
                    (reason.code, found, trace.as_deref()),
                    (code, class, Some("AbC"))
                );
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn whatever_may_have_been_sent_is_unclear() {
    for (status, body) in [
        (500, ""),
        (502, "<html>"),
        (500, r#"{"error":{"code":131000}}"#),
        (503, r#"{"error":{"code":2}}"#),
        (500, r#"{"error":{"code":424242}}"#),
        (200, "{}"),
        (200, "not json"),
    ] {
        assert!(
            matches!(answer(status, body), Err(SendError::Unclear(_))),
            "{status} {body}"
        );
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_was_certainly_not_told() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let message = Outgoing {
        to: domain::contact::Address::Phone("393331234567".parse().unwrap()),
        body: crate::Body::Text("Fatto.".to_owned()),
        id: "r_84dbe28ddf42f1e6b80d7834e5aa04b5_0".parse().unwrap(),
    };

    let outcome = Client::new(&url, "106")
        .unwrap()
        .send(&message, &"token".into())
        .await;

    assert!(
        matches!(outcome, Err(SendError::NotReached(_))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_call_leaves_the_outcome_unclear() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let breaker = async {
        use tokio::io::AsyncReadExt;
        let (mut socket, _) = listener.accept().await.unwrap();
        let _ = socket.read(&mut [0; 1024]).await;
    };
    let message = Outgoing {
        to: domain::contact::Address::Phone("393331234567".parse().unwrap()),
        body: crate::Body::Text("Fatto.".to_owned()),
        id: "r_84dbe28ddf42f1e6b80d7834e5aa04b5_0".parse().unwrap(),
    };
    let client = Client::new(&url, "106").unwrap();

    let token = "token".into();
    let (outcome, ()) = tokio::join!(client.send(&message, &token), breaker);

    assert!(matches!(outcome, Err(SendError::Unclear(_))), "{outcome:?}");
}
