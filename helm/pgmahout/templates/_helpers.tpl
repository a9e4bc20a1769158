{{- define "pgmahout.cluster" -}}
{{- $name := .Values.cluster | default .Release.Name -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $name) -}}
{{- fail (printf "A cluster's name begins with a letter and has lower-case letters, digits and hyphens, which '%s' does not: set cluster." $name) -}}
{{- end -}}
{{- if gt (len $name) 52 -}}
{{- fail (printf "A cluster's name has at most 52 characters, and '%s' has %d: set cluster." $name (len $name)) -}}
{{- end -}}
{{- $name -}}
{{- end -}}

{{- define "pgmahout.labels" -}}
app.kubernetes.io/name: pgmahout
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
pgmahout.io/cluster: {{ include "pgmahout.cluster" . }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "pgmahout.agentImage" -}}
{{ .Values.agent.image.repository }}:{{ .Values.agent.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "pgmahout.postgresImage" -}}
{{ .Values.postgres.image.repository }}:{{ .Values.postgres.image.tag }}
{{- end -}}

{{- define "pgmahout.account" -}}
{{ .Values.serviceAccount.name | default (include "pgmahout.cluster" .) }}
{{- end -}}

{{- define "pgmahout.membersSecret" -}}
{{ .Values.secrets.members | default (printf "%s-members" (include "pgmahout.cluster" .)) }}
{{- end -}}

{{- define "pgmahout.ownerSecret" -}}
{{ .Values.secrets.owner | default (printf "%s-%s" (include "pgmahout.cluster" .) (.Values.bootstrap.owner | replace "_" "-" | lower)) }}
{{- end -}}

{{- define "pgmahout.authoritySecret" -}}
{{ .Values.tls.authority | default (printf "%s-authority" (include "pgmahout.cluster" .)) }}
{{- end -}}

{{- /* What a container is allowed: nothing. */ -}}
{{- define "pgmahout.confined" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- define "pgmahout.checked" -}}
{{- $v := .Values -}}
{{- if and $v.storage.ephemeral (eq (int $v.replicas) 1) -}}
{{- fail "One member on an emptyDir loses all data with its pod: set storage.ephemeral to false, or replicas to 2 or more." -}}
{{- end -}}
{{- if and (not $v.storage.wal.size) (or $v.storage.wal.class $v.storage.wal.annotations) -}}
{{- fail "storage.wal describes a volume for the write-ahead log, which there is none of without storage.wal.size." -}}
{{- end -}}
{{- if ne (empty $v.bootstrap.database) (empty $v.bootstrap.owner) -}}
{{- fail "bootstrap.owner owns bootstrap.database: set both, or neither." -}}
{{- end -}}
{{- if and $v.secrets.owner (not $v.bootstrap.owner) -}}
{{- fail "secrets.owner holds the password of bootstrap.owner, which is not set." -}}
{{- end -}}
{{- if and $v.bootstrap.sql (eq $v.bootstrap.method "adopt") -}}
{{- fail "bootstrap.sql is run in a cluster that was made, not in one that is adopted: set bootstrap.method to initdb, or remove the SQL." -}}
{{- end -}}
{{- if and $v.tls.authority $v.tls.issuer -}}
{{- fail "tls.authority and tls.issuer both say who signs: set one of them." -}}
{{- end -}}
{{- if and $v.networkPolicy.clients (not $v.networkPolicy.enabled) -}}
{{- fail "networkPolicy.clients has no effect while networkPolicy.enabled is false." -}}
{{- end -}}
{{- range $name, $service := $v.services -}}
{{- if and $service.loadBalancerSourceRanges (ne $service.type "LoadBalancer") -}}
{{- fail (printf "services.%s.loadBalancerSourceRanges is for the type LoadBalancer, and that is %s." $name $service.type) -}}
{{- end -}}
{{- end -}}
{{- range $values, $labels := dict "labels" $v.labels "podLabels" $v.podLabels -}}
{{- range $key, $value := $labels -}}
{{- if or (hasPrefix "pgmahout.io/" $key) (has $key (list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/managed-by" "app.kubernetes.io/version" "helm.sh/chart")) -}}
{{- fail (printf "%s has %s, which is set by the chart, or by the members as they change roles." $values $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $name := list "ssl" "ssl_cert_file" "ssl_key_file" -}}
{{- if hasKey $v.postgres.parameters $name -}}
{{- fail (printf "postgres.parameters.%s is set by the chart: see tls." $name) -}}
{{- end -}}
{{- end -}}
{{- range $prefix := list "cluster" "member." "gossip." "admin." "store." "postgres.data-directory" "postgres.wal-directory" "postgres.listen" "postgres.advertise" "postgres.socket-directory" "postgres.superuser" "postgres.replication" "postgres.parameters" "postgres.pg-hba" "bootstrap." "log." "failover.max-lag" "failover.peer-lease" "failover.lease-duration" "failover.drop-after" "failover.cold-start-wait" "failover.switchover-timeout" "failover.slot-retention" -}}
{{- range $key, $value := $v.settings -}}
{{- if and (hasPrefix $prefix $key) (not (has $key (list "member.priority" "member.nofailover"))) -}}
{{- fail (printf "settings.%s is set by the chart: use the value that it has for it." $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "pgmahout.podEnvironment" -}}
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- name: POD_IP
  valueFrom: {fieldRef: {fieldPath: status.podIP}}
{{- end -}}
