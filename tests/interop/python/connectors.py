import sys

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from postroad.connector.v1 import connector_pb2 as wire
from postroad.connector.v1.connector_pb2_grpc import ConnectorServiceStub

address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:7443"
connectors = ConnectorServiceStub(grpc.insecure_channel(address))

made = connectors.CreateConnector(wire.CreateConnectorRequest(connector=wire.Connector(
    name="Partners",
    address_spaces=[wire.AddressSpace(space="*.contoso.com")],
    smart_hosts=[wire.SmartHost(host="mail.contoso.com", port=587)],
    require_tls=True,
)))
print("created", made.name, "at revision", made.revision)

made.comment = "asked for by the team of contoso"
changed = connectors.UpdateConnector(wire.UpdateConnectorRequest(connector=made, update_mask=["comment"]))
print("now says:", changed.comment)

route = connectors.ExplainRoute(wire.ExplainRouteRequest(recipient="a@eu.contoso.com", sender="b@example.org"))
print("route:", route.chosen.name, "by", route.chosen.address_space)

made.smart_hosts[0].host = "mail.contoso.com:587"  # wrong: the port has its own field
made.etag = changed.etag
try:
    connectors.UpdateConnector(wire.UpdateConnectorRequest(connector=made, update_mask=["smart_hosts"]))
except grpc.RpcError as error:
    print(error.code().name)
    bad_request = error_details_pb2.BadRequest()
    for detail in rpc_status.from_call(error).details:
        if detail.Unpack(bad_request):
            for violation in bad_request.field_violations:
                print(violation.field + ":", violation.description)
