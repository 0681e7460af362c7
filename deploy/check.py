"""Checks what a cluster is given: the chart is linted and rendered by Helm's own code in every way
that its values allow, and each manifest is held against the schemas of Kubernetes."""

import copy
import pathlib
import sys

import helm_python as helm
import kubernetes_validate
import yaml

HERE = pathlib.Path(__file__).parent
CHART = HERE / "helm" / "tenterhook-relay"
# The newest, and one that is out of care.
VERSIONS = ["1.37", "1.30"]
NAME = "tenterhook-relay"
WAYS = {
    "as it comes": {},
    "another release": {"host": "a.example.dev", "image": {"repository": "r.example.dev/x", "tag": "9"}},
    "with settings": {"settings": 'keep_days = 3\nendpoint_rate = 5\n'},
    "its own claim": {"persistence": {"existingClaim": "mine"}, "resources": {}},
    "a storage class": {"persistence": {"storageClass": "fast", "size": "1Gi"}},
    "no ingress": {"ingress": {"enabled": False}, "networkPolicy": {"enabled": False}, "trustedProxies": []},
    "a bare ingress": {"ingress": {"annotations": {"cert-manager.io/cluster-issuer": None}, "className": "", "tlsSecret": ""}},
    "a chosen node": {
        "imagePullSecrets": ["pull"],
        "nodeSelector": {"kubernetes.io/arch": "amd64"},
        "tolerations": [{"key": "edge", "operator": "Exists", "effect": "NoSchedule"}],
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
            {"matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd"]}]}]}}},
    },
}
REFUSED = [{"host": "two words"}, {"replicas": 2}, {"trustedProxies": ["anyone"]}, {"ingress": {"class": "x"}}]
# What only Helm adds.
HELMS = ["app.kubernetes.io/version", "app.kubernetes.io/managed-by", "helm.sh/chart"]


def manifests(texts):
    return [document for text in texts for document in yaml.safe_load_all(text) if document]


def valid(documents):
    for document in documents:
        for version in VERSIONS:
            kubernetes_validate.validate(document, version, strict=True)
    return documents


def plain(document):
    """A manifest without what only Helm adds."""
    document = copy.deepcopy(document)
    meta = document["metadata"]
    for label in HELMS:
        assert meta["labels"].pop(label), label
    if document["kind"] == "PersistentVolumeClaim":
        assert meta.pop("annotations") == {"helm.sh/resource-policy": "keep"}
    return document


def restricted(document):
    """Holds a pod against the profile `restricted` of the Pod Security Standards.

    Source: <https://kubernetes.io/docs/concepts/security/pod-security-standards/>"""
    pod = document["spec"]["template"]["spec"]
    assert not any(pod.get(key) for key in ["hostNetwork", "hostPID", "hostIPC", "initContainers"])
    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for volume in pod["volumes"]:
        assert {"name"} < set(volume) <= {"name", "persistentVolumeClaim", "configMap"}, volume
    for container in pod["containers"]:
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False and not context.get("privileged")
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert not any(port.get("hostPort") for port in container["ports"])


def main():
    chart, count = helm.Chart.load(CHART), 0
    for way, values in WAYS.items():
        report = helm.lint(CHART, values, strict=True, kube_version="v1.37.0")
        # An icon is all that a chart may lack.
        wrong = [m for m in report["messages"] if "icon" not in m["error"]] + report["errors"]
        assert not wrong, f"{way}: {wrong}"
        chart.validate_schema(values)
        rendered = chart.render(values, name="hooks" if way == "another release" else NAME, namespace="n")
        notes = [rendered.pop(path) for path in list(rendered) if path.endswith("NOTES.txt")]
        assert len(notes) == 1 and "/tenterhook-relay invite" in notes[0], rendered.keys()
        documents = valid(manifests(text for path, text in rendered.items() if not path.endswith(".tpl")))
        by_kind = {document["kind"]: document for document in documents}
        restricted(by_kind["Deployment"])
        if way == "as it comes":
            flat = valid(manifests([(HERE / "kubernetes" / "relay.yaml").read_text()]))
            assert {d["kind"]: d for d in flat} == {k: plain(d) for k, d in by_kind.items()}, "kubernetes/relay.yaml is not the chart's"
        count += len(documents)
    for values in REFUSED:
        try:
            chart.validate_schema(values)
        except helm.HelmValuesError:
            continue
        sys.exit(f"the chart takes {values}")
    print(f"Helm {helm.helm_sdk_version()}: {len(WAYS)} ways, {count} manifests fit Kubernetes {' and '.join(VERSIONS)}")


main()
