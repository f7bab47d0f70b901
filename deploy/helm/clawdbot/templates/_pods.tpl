{{/* What every pod shares: (list $ component) */}}
{{- define "clawdbot.podMetadata" -}}
{{- $ := index . 0 -}}
labels:
  {{- include "clawdbot.labels" . | nindent 2 }}
  {{- with $.Values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
annotations:
  clawdbot/config: {{ include "clawdbot.config" $ | sha256sum }}
  {{- with $.Values.podAnnotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* (list $ component values), the values with nodeSelector, tolerations, affinity */}}
{{- define "clawdbot.podSettings" -}}
{{- $ := index . 0 -}}
{{- $placed := index . 2 -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with $.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with $placed.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $placed.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $placed.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "clawdbot.selector" . | nindent 8 }}
{{- end -}}

{{/* A container of our image, whose entrypoint (tini) runs the args. Nothing can be written but the
folders that are mounted. */}}
{{- define "clawdbot.container" -}}
image: {{ include "clawdbot.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{- define "clawdbot.mounts" -}}
- {name: data, mountPath: /var/lib/clawdbot}
- {name: scratch, mountPath: /tmp}
- {name: config, mountPath: /etc/clawdbot, readOnly: true}
- {name: secrets, mountPath: /run/secrets/clawdbot, readOnly: true}
{{- if .Values.sharedVolume.claimName }}
- {name: shared, mountPath: {{ .Values.sharedVolume.mountPath }}}
{{- end }}
{{- end -}}

{{/* All volumes but `data`, which is a claim of its own for nodes. */}}
{{- define "clawdbot.volumes" -}}
- name: scratch
  emptyDir: {sizeLimit: 2Gi}
- name: config
  configMap: {name: {{ include "clawdbot.fullname" . }}-config}
- name: secrets
  secret: {secretName: {{ include "clawdbot.secretName" . }}, defaultMode: 0440}
{{- if .Values.sharedVolume.claimName }}
- name: shared
  persistentVolumeClaim: {claimName: {{ .Values.sharedVolume.claimName }}}
{{- end }}
{{- end -}}

{{/* Waits until the Job `init` has brought the database up to date: (list $ "--static") */}}
{{- define "clawdbot.awaitInit" -}}
{{- $ := index . 0 -}}
- name: await-init
  {{- include "clawdbot.container" $ | nindent 2 }}
  args: [clawdbot, await-step{{ range rest . }}, {{ . }}{{ end }}]
  env:
    {{- include "clawdbot.env" $ | nindent 4 }}
  resources:
    requests: {cpu: 100m, memory: 256Mi}
    limits: {memory: 1Gi}
  volumeMounts:
    {{- include "clawdbot.mounts" $ | nindent 4 }}
{{- end -}}

{{/* A process without a port tells of itself in /tmp: (list name seconds-until-it-must-have-begun) */}}
{{- define "clawdbot.pulse" -}}
{{- $asked := list "python" "-P" "-m" "clawdbot_site.supervision.health" (index . 0) -}}
startupProbe:
  exec: {command: {{ $asked | toJson }}}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: {{ div (index . 1) 5 }}
livenessProbe:
  exec: {command: {{ $asked | toJson }}}
  periodSeconds: 30
  timeoutSeconds: 5
  failureThreshold: 3
{{- end -}}

{{/* Native threads as many as the container asked cores for: (list container read|embed|none) */}}
{{- define "clawdbot.threads" -}}
{{- $container := index . 0 -}}
{{- $names := list "OMP_NUM_THREADS" "OPENBLAS_NUM_THREADS" -}}
{{- if eq (index . 1) "none" }}
{{- range $names }}
- {name: {{ . }}, value: "1"}
{{- end }}
{{- else }}
{{- range append $names (printf "CLAWDBOT_RESOURCE__%s_THREADS" (upper (index . 1))) }}
- name: {{ . }}
  valueFrom: {resourceFieldRef: {containerName: {{ $container }}, resource: requests.cpu, divisor: "1"}}
{{- end }}
{{- end }}
{{- end -}}
