// The token that a POST needs. The cookie is newer than the page after signing in in another tab.
export function csrfToken() {
  const cookie = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
  return cookie ? cookie[1] : document.querySelector("input[name=csrfmiddlewaretoken]").value;
}
