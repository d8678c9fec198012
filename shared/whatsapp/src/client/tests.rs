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
        quoting: None,
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
        quoting: None,
    };
    let client = Client::new(&url, "106").unwrap();

    let token = "token".into();
    let (outcome, ()) = tokio::join!(client.send(&message, &token), breaker);

    assert!(matches!(outcome, Err(SendError::Unclear(_))), "{outcome:?}");
}

#[test]
fn an_answer_without_a_readable_code_is_judged_by_its_status() {
    for (status, code, class) in [
        (401, 401, Class::Operator),
        (403, 403, Class::Operator),
        (404, 404, Class::Permanent),
        (429, 429, Class::Retry),
    ] {
        for body in ["", "<html>", r#"{"error":{"message":"no code"}}"#] {
            match answer(status, body) {
                Err(SendError::Refused {
                    reason,
                    class: found,
                    ..
                }) => assert_eq!((reason.code, found), (code, class)),
                other => panic!("{other:?}"),
            }
        }
    }
    for status in [302, 408, 500, 504] {
        assert!(matches!(answer(status, ""), Err(SendError::Unclear(_))));
    }
}

/// A server that takes one call, answers `answer`, and gives back what was sent.
async fn one_call(answer: &'static str) -> (String, impl Future<Output = String>) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let call = async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut call = Vec::new();
        let mut part = [0; 4096];
        while !call.ends_with(b"}") {
            let n = socket.read(&mut part).await.unwrap();
            call.extend_from_slice(&part[..n]);
        }
        socket.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8(call).unwrap()
    };
    (url, call)
}

#[tokio::test]
async fn a_receipt_says_that_a_message_was_read_and_that_we_are_writing() {
    let (url, call) = one_call(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n{\"success\":true}",
    )
    .await;
    let client = Client::new(&url, "106").unwrap();
    let receipt = Receipt {
        message: "wamid.HBgL".parse().unwrap(),
        typing: true,
    };

    let token = "token".into();
    let (outcome, call) = tokio::join!(client.mark_as_read(&receipt, &token), call);

    outcome.unwrap();
    assert!(call.starts_with("POST /v25.0/106/messages HTTP/1.1\r\n"));
    assert!(call.contains("authorization: Bearer token\r\n"));
    assert!(call.ends_with(
        r#"{"messaging_product":"whatsapp","status":"read","message_id":"wamid.HBgL","typing_indicator":{"type":"text"}}"#
    ));
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let endless: &'static str = Box::leak(
        format!(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n11000\r\n{}\r\n",
            "x".repeat(0x11000)
        )
        .into_boxed_str(),
    );
    let (url, call) = one_call(endless).await;
    let client = Client::new(&url, "106").unwrap();
    let receipt = Receipt {
        message: "wamid.HBgL".parse().unwrap(),
        typing: false,
    };

    let token = "token".into();
    let (outcome, _) = tokio::join!(client.mark_as_read(&receipt, &token), call);

    assert!(matches!(outcome, Err(SendError::Unclear(_))), "{outcome:?}");
}
