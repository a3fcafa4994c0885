import type { GuideTexts } from './texts.ts'

export const es: GuideTexts = {
  browser: 'este navegador',
  deniedTitle: 'Este navegador bloquea las notificaciones de SITE',
  denied: {
    'chrome-desktop': [
      'Haz clic en el icono a la izquierda de la dirección.',
      'Activa «Notificaciones». Si no aparece, abre «Configuración del sitio» y elige «Permitir» en «Notificaciones».',
      'Vuelve a cargar esta página.',
    ],
    'chrome-android': [
      'Toca el icono a la izquierda de la dirección.',
      'Toca «Permisos», luego «Notificaciones», y permítelas.',
      'Vuelve a cargar esta página.',
    ],
    'edge-desktop': [
      'Haz clic en el candado a la izquierda de la dirección.',
      'En «Permisos para este sitio», elige «Permitir» en «Notificaciones».',
      'Vuelve a cargar esta página.',
    ],
    'firefox-desktop': [
      'Haz clic en el icono de permisos a la izquierda de la dirección.',
      'Junto a «Enviar notificaciones», haz clic en la × después de «Bloqueado».',
      'Vuelve a cargar esta página y activa las notificaciones otra vez.',
    ],
    'firefox-android': [
      'Toca el candado a la izquierda de la dirección.',
      'Toca «Notificaciones» para que diga «Permitido».',
      'Vuelve a cargar esta página.',
    ],
    'safari-mac': [
      'En la barra de menús, elige Safari y luego «Ajustes».',
      'Abre «Sitios web» y luego «Notificaciones».',
      'Busca SITE en la lista y elige «Permitir».',
      'Vuelve a cargar esta página.',
    ],
    samsung: [
      'Abre el menú, «Ajustes», «Sitios y descargas», «Notificaciones».',
      'Busca SITE en la lista y actívalo.',
      'Vuelve a cargar esta página.',
    ],
    'opera-desktop': [
      'Haz clic en el candado a la izquierda de la dirección.',
      'Abre «Configuración del sitio» y elige «Permitir» en «Notificaciones».',
      'Vuelve a cargar esta página.',
    ],
    'app-android': [
      'Mantén pulsado el icono de esta aplicación y toca «Información de la aplicación».',
      'Toca «Notificaciones» y permítelas.',
      'Vuelve a abrir la aplicación.',
    ],
    'app-desktop': [
      'Abre el menú en la barra de título de la aplicación, luego «Información de la aplicación» o la configuración del sitio.',
      'Elige «Permitir» en «Notificaciones».',
      'Vuelve a abrir la aplicación.',
    ],
    'app-ios': [
      'Abre la app Ajustes y luego «Notificaciones».',
      'Busca esta aplicación en la lista y activa «Permitir notificaciones».',
      'Vuelve a abrir la aplicación desde la pantalla de inicio.',
    ],
    other: [
      'Abre los ajustes del navegador y busca los permisos de los sitios.',
      'Permite las notificaciones de SITE.',
      'Vuelve a cargar esta página.',
    ],
  },
  installTitle: 'Añade primero esta página a la pantalla de inicio',
  install: [
    'Toca el botón Compartir del navegador.',
    'Elige «Añadir a pantalla de inicio» y luego «Añadir».',
    'Abre la aplicación desde la pantalla de inicio y activa allí las notificaciones.',
  ],
  system: {
    windows: 'Si aun así no aparece nada: Configuración de Windows, «Sistema», «Notificaciones»: activa BROWSER.',
    mac: 'Si aun así no aparece nada: Ajustes del Sistema, «Notificaciones»: permite BROWSER y mira si hay un modo de concentración activo.',
    android: 'Si aun así no aparece nada: Ajustes de Android, «Aplicaciones», BROWSER, «Notificaciones»: actívalas.',
    linux: 'Si aun así no aparece nada: mira en los ajustes del escritorio si está activo «No molestar».',
  },
  insecureTitle: 'Las notificaciones necesitan una conexión segura',
  insecure: ['Abre esta página con una dirección que empiece por https://.'],
  unsupportedTitle: 'Este navegador no recibe notificaciones de aquí',
  unsupported: [
    'Sal de la navegación privada, si esta ventana lo es.',
    'O usa una versión actual de Chrome, Edge, Firefox o Safari.',
  ],
  oldIosTitle: 'Las notificaciones necesitan iOS 16.4 o posterior',
  oldIos: [
    'Abre la app Ajustes, «General», «Actualización de software».',
    'Después añade esta página a la pantalla de inicio.',
  ],
}
