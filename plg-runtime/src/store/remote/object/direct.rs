//! A store on this machine is asked directly, everything else through the proxy that the environment names.

use crate::loopback::is_loopback;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpService, ReqwestConnector,
};
use std::pin::Pin;

/// Makes clients that leave no request to this machine to a proxy.
#[derive(Debug, Default)]
pub(super) struct Connector(ReqwestConnector);

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        // A client that is given a proxy does not look for one in the environment, and this one is used for no host.
        let none = options.clone().with_proxy_url("http://127.0.0.1:1").with_proxy_excludes("*,0.0.0.0/0,::/0");
        Ok(HttpClient::new(Clients { direct: self.0.connect(&none)?, outward: self.0.connect(options)? }))
    }
}

#[derive(Debug)]
struct Clients {
    direct: HttpClient,
    outward: HttpClient,
}

impl HttpService for Clients {
    // As `async-trait` writes it, which needs no crate of its own here.
    fn call<'s, 'f>(
        &'s self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'f>>
    where
        's: 'f,
        Self: 'f,
    {
        let local = request.uri().host().is_some_and(is_loopback);
        Box::pin(if local { &self.direct } else { &self.outward }.execute(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    /// A server that answers with nothing, and the first line of all that it was asked.
    fn server() -> (String, Receiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (seen, asked) = channel();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut line = String::new();
                let _ = BufReader::new(&stream).read_line(&mut line);
                let _ = seen.send(line);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
            }
        });
        (url, asked)
    }

    #[tokio::test]
    async fn only_what_is_elsewhere_goes_to_the_proxy() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (store, at_store) = server();
        let (proxy, at_proxy) = server();
        // As the environment would name it.
        let options = ClientOptions::new().with_allow_http(true).with_proxy_url(proxy);
        let client = Connector::default().connect(&options).unwrap();
        let ask = async |url: String| {
            let mut request = HttpRequest::new(object_store::client::HttpRequestBody::empty());
            *request.uri_mut() = url.parse().unwrap();
            client.execute(request).await.map(drop).unwrap();
        };
        let wait = Duration::from_secs(10);
        ask(format!("{store}/bucket/a")).await;
        ask(format!("{}/bucket/b", store.replace("127.0.0.1", "localhost"))).await;
        for path in ["/bucket/a", "/bucket/b"] {
            assert_eq!(at_store.recv_timeout(wait).unwrap().trim(), format!("GET {path} HTTP/1.1"));
        }
        ask("http://store.example/bucket/c".to_owned()).await;
        assert_eq!(at_proxy.recv_timeout(wait).unwrap().trim(), "GET http://store.example/bucket/c HTTP/1.1");
        assert!(at_proxy.try_recv().is_err());
    }
}
