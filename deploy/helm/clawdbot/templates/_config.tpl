{{/* clawdbot.yaml: what the chart knows, over it what the values say, over that what must be so. */}}
{{- define "clawdbot.config" -}}
{{- $name := include "clawdbot.fullname" . -}}
{{- $hosts := list "localhost" $name (printf "%s.%s.svc" $name .Release.Namespace) -}}
{{- $given := dig "service" "allowed_hosts" list .Values.config -}}
{{- $service := dict -}}
{{- if and .Values.network.policies .Values.ingress.enabled -}}
{{- /* Only the ingress controller and Prometheus get to the web servers: see network.webFrom */}}
{{- $_ := set $service "trusted_proxies" .Values.network.trustedProxies -}}
{{- end -}}
{{- if .Values.ingress.host -}}
{{- $scheme := ternary "https" "http" (ne .Values.ingress.tlsSecret "") -}}
{{- $_ := set $service "public_url" (printf "%s://%s" $scheme .Values.ingress.host) -}}
{{- end -}}
{{- $servers := list -}}
{{- range .Values.models -}}
{{- $servers = append $servers (printf "http://%s-model-%s:8080" $name .name) -}}
{{- end -}}
{{- $own := dict
  "service" $service
  "node" (dict "platform" "kubernetes")
  "storage" dict
  "serving" (dict "servers" $servers) -}}
{{- $all := mergeOverwrite $own (deepCopy .Values.config) -}}
{{- /* What services, probes and volumes count on */}}
{{- $_ := set $all.service "host" "0.0.0.0" -}}
{{- $_ := set $all.service "port" 8000 -}}
{{- $_ := set $all.service "allowed_hosts" (concat $hosts $given | uniq) -}}
{{- $_ := set $all.storage "data_dir" "/var/lib/clawdbot" -}}
{{- toYaml $all -}}
{{- end -}}

{{/* Seconds from SIGTERM to SIGKILL of a web server: its drain, its last answers, and some more. */}}
{{- define "clawdbot.webGrace" -}}
{{- $node := dig "node" dict .Values.config -}}
{{- add (ceil ($node.drain_s | default 5)) (ceil ($node.grace_s | default 15)) 10 -}}
{{- end -}}

{{/* CLAWDBOT_SECTION__KEY_FILE for each secret, and the name of the node. */}}
{{- define "clawdbot.env" -}}
- name: CLAWDBOT_HOME
  value: /etc/clawdbot
- name: CLAWDBOT_NODE__NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
{{- range $key, $file := .Values.secrets.files }}
- name: CLAWDBOT_{{ $key | upper | replace "." "__" }}_FILE
  value: /run/secrets/clawdbot/{{ $file }}
{{- end }}
{{- end -}}
