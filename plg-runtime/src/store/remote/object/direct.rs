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
        let none = options.clone().with_proxy_url("http://127.0.0.1:1").with_proxy_excludes("*");
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
